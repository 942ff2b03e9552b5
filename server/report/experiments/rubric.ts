// SEEDS S1's ten criteria, scored 0 to 2 by program from the text of an answer. Patterns over Python without comments and strings' insides;
// what the API does when it runs is looked at elsewhere. Knows no model.

export interface CriterionScore {
  readonly id: string;
  readonly title: string;
  readonly score: 0 | 1 | 2;
  /** What is missing, when something is. */
  readonly missing: readonly string[];
}

export interface RubricScore {
  readonly criteria: readonly CriterionScore[];
  /** 0 to 20. */
  readonly total: number;
}

/** What S1's raters had before them, taken apart. */
export interface AnswerText {
  /** As the model wrote it. */
  readonly answer: string;
  /** The code in it: of several fenced blocks all; the whole where there is none. */
  readonly code: string;
}

/** The code of an answer in Markdown or plain. */
export function codeOf(answer: string): AnswerText {
  const blocks = [
    ...answer.matchAll(/^[ \t]*(?:```|~~~)[^\n]*\n([\s\S]*?)(?:^[ \t]*(?:```|~~~)[ \t]*$|$(?![\s\S]))/gm),
  ];
  const code = blocks.length === 0 ? answer : blocks.map((block) => block[1] ?? '').join('\n');
  return { answer, code };
}

interface Rule {
  readonly id: string;
  readonly title: string;
  /** Each is one thing that has to be there. Full marks for all, one for at least half. */
  readonly parts: (text: AnswerText, code: string) => Readonly<Record<string, boolean>>;
}

const rules: readonly Rule[] = [
  {
    id: 'C1',
    title: 'database set-up',
    parts: (_, code) => ({
      'SQLite URL': /sqlite(\+aiosqlite)?:\/\//.test(code),
      engine: /\bcreate(_async)?_engine\s*\(/.test(code),
      'declarative base': /\bdeclarative_base\s*\(|\(\s*DeclarativeBase\s*\)/.test(code),
      create_all: /\bcreate_all\b/.test(code),
      'session per request':
        /\b(async_)?sessionmaker\b|\bAsyncSession\s*\(/.test(code) && /\byield\b|\bDepends\b/.test(code),
    }),
  },
  {
    id: 'C2',
    title: 'model',
    parts: (_, code) => {
      const model = classBody(code, /\bclass\s+Task\w*\s*\(\s*[\w.]*Base[\w.]*\s*\)\s*:/);
      const column = (name: string, type: RegExp): boolean => {
        const line = new RegExp(`^\\s*${name}\\s*(?::[^=\\n]*)?=?[^\\n]*`, 'm').exec(model)?.[0] ?? '';
        return type.test(line);
      };
      return {
        id: column('id', /primary_key/),
        title: column('title', /String|Text|Mapped\[\s*str/),
        description: column('description', /String|Text|Mapped\[\s*(Optional\[)?\s*str/),
        completed: column('completed', /Boolean|Mapped\[\s*bool/),
        created_at: column('created_at', /DateTime|Mapped\[\s*(datetime|dt)/),
      };
    },
  },
  {
    id: 'C3',
    title: 'POST /tasks',
    parts: (_, code) => ({
      route: routes(code).has('post /tasks'),
      writes: /\.add\s*\(/.test(endpoint(code, 'post')) && /\.commit\s*\(/.test(endpoint(code, 'post')),
    }),
  },
  {
    id: 'C4',
    title: 'GET /tasks and GET /tasks/{id}',
    parts: (_, code) => ({ list: routes(code).has('get /tasks'), one: routes(code).has('get /tasks/{}') }),
  },
  {
    id: 'C5',
    title: 'PUT',
    parts: (_, code) => {
      const body = endpoint(code, 'put') || endpoint(code, 'patch');
      return {
        route: routes(code).has('put /tasks/{}'),
        'partial update': /exclude_unset|is\s+not\s+None|exclude_none/.test(body),
        404: answers404(body, code),
        commit: /\.commit\s*\(/.test(body),
      };
    },
  },
  {
    id: 'C6',
    title: 'DELETE',
    parts: (_, code) => {
      const body = endpoint(code, 'delete');
      return {
        route: routes(code).has('delete /tasks/{}'),
        404: answers404(body, code),
        commit: /\.commit\s*\(/.test(body) && /\bdelete\s*\(/.test(body.replace(/@[^\n]*/g, '')),
      };
    },
  },
  {
    id: 'C7',
    title: 'schemas',
    parts: (_, code) => ({
      TaskCreate: /\bclass\s+TaskCreate\b/.test(code),
      TaskUpdate: /\bclass\s+TaskUpdate\b/.test(code),
      TaskResponse: /\bclass\s+TaskResponse\b/.test(code),
      response_model: /response_model\s*=\s*(\w+\[\s*)?TaskResponse|->\s*(\w+\[\s*)?TaskResponse/.test(code),
    }),
  },
  {
    id: 'C8',
    title: '404 in every endpoint with an id',
    parts: (_, code) => {
      const withId = endpoints(code).filter(({ route }) => route.endsWith('{}'));
      const answers = withId.filter(({ body }) => answers404(body, code));
      return {
        somewhere: notFound.test(code) && answers.length > 0,
        everywhere: withId.length >= 3 && answers.length === withId.length && notFound.test(code),
      };
    },
  },
  {
    id: 'C9',
    title: 'at least 80 % of the answer is code',
    parts: ({ answer, code: text }) => {
      const share = squeeze(text).length / Math.max(1, squeeze(answer).length);
      return { 'half of it': share >= 0.5, 'four fifths of it': share >= 0.8 && looksLikeCode(text) };
    },
  },
  {
    id: 'C10',
    title: 'exactly what was asked',
    parts: (_, code) => ({
      'no login': !/\b(OAuth2|jwt|password|HTTPBasic|APIKey)/i.test(code),
      'no pages or tests': !/\b(TestClient|pytest|unittest|Jinja2Templates|HTMLResponse)\b/.test(code),
      'no other routes': [...routes(code)].every((route) => asked.has(route) || route === 'get /'),
      asynchronous: endpoints(code).length > 0 && endpoints(code).every(({ body }) => /\basync\s+def\b/.test(body)),
    }),
  },
];

const asked: ReadonlySet<string> = new Set([
  'post /tasks',
  'get /tasks',
  'get /tasks/{}',
  'put /tasks/{}',
  'delete /tasks/{}',
]);

/** @param answer of a model, in Markdown or plain. */
export function scoreRubric(answer: string): RubricScore {
  const text = codeOf(answer);
  const code = withoutComments(text.code);
  const criteria = rules.map(({ id, title, parts }): CriterionScore => {
    const found = Object.entries(parts(text, code));
    const missing = found.filter(([, there]) => !there).map(([name]) => name);
    const share = 1 - missing.length / found.length;
    return { id, title, missing, score: share === 1 ? 2 : share >= 0.5 ? 1 : 0 };
  });
  return { criteria, total: criteria.reduce((sum, { score }) => sum + score, 0) };
}

const notFound = /\b404\b|HTTP_404/;

/** By itself, or by a function of the file that does. */
function answers404(body: string, code: string): boolean {
  if (notFound.test(body)) return true;
  const helpers = code.split(/^(?=[ \t]*(?:async[ \t]+)?def\b)/m).filter((text) => notFound.test(text));
  const names = helpers.map((text) => /\bdef\s+(\w+)/.exec(text)?.[1]).filter((name) => name !== undefined);
  return names.some((name) => new RegExp(`\\b${name}\\b`).test(body));
}

interface Endpoint {
  /** `get /tasks/{}` */
  readonly route: string;
  /** From its decorator to the next one. */
  readonly body: string;
}

function endpoints(code: string): Endpoint[] {
  const prefix = /\bAPIRouter\s*\([^)]*prefix\s*=\s*["']([^"']*)["']/.exec(code)?.[1] ?? '';
  const marks = [...code.matchAll(/^[ \t]*@\w+\.(get|post|put|patch|delete)\s*\(\s*["']([^"']*)["']/gm)];
  return marks.map((mark, index) => {
    const path = (/^[ \t]*@router\b/.test(mark[0]) ? prefix : '') + (mark[2] ?? '');
    const end = marks[index + 1]?.index ?? code.length;
    return {
      route: `${mark[1]} ${path.replace(/\{[^}]*\}/g, '{}').replace(/(.)\/+$/, '$1')}`,
      body: code.slice(mark.index, end),
    };
  });
}

function routes(code: string): ReadonlySet<string> {
  return new Set(endpoints(code).map(({ route }) => route));
}

function endpoint(code: string, method: string): string {
  return endpoints(code).find(({ route }) => route.startsWith(`${method} `))?.body ?? '';
}

/** From the class line to the next line that is not deeper. */
function classBody(code: string, head: RegExp): string {
  const found = head.exec(code);
  if (found === null) return '';
  const lines = code.slice(found.index).split('\n');
  const end = lines.findIndex((line, index) => index > 0 && /^\S/.test(line));
  return lines.slice(0, end === -1 ? lines.length : end).join('\n');
}

/** Strings stay: routes and URLs are in them. */
function withoutComments(code: string): string {
  return code.replace(
    /("""[\s\S]*?"""|'''[\s\S]*?'''|"(?:\\.|[^"\\\n])*"|'(?:\\.|[^'\\\n])*')|#[^\n]*/g,
    (_, text?: string) => (text === undefined ? '' : /^("""|''')/.test(text) ? '""' : text),
  );
}

function looksLikeCode(code: string): boolean {
  return /^\s*(from|import|def|async def|class|@\w)/m.test(code);
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, '');
}

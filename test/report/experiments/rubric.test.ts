// The rubric by program: a whole answer gets all marks, and each thing that is taken out of it costs the marks of its criterion.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { codeOf, scoreRubric } from '../../../server/report/experiments/rubric.ts';
import { instructionsIn, partIn } from '../../../server/report/experiments/task-manager.ts';

const whole = readFileSync(new URL('../../fixtures/task-manager/whole.py', import.meta.url), 'utf8');

function marks(answer: string): Record<string, number> {
  return Object.fromEntries(scoreRubric(answer).criteria.map(({ id, score }) => [id, score]));
}

/** What is lost when `find` becomes `put`, by criterion. */
function lost(find: string | RegExp, put: string): Record<string, number> {
  const answer = whole.replace(find, put);
  assert.notEqual(answer, whole, `${find} is not in the answer`);
  return Object.fromEntries(Object.entries(marks(answer)).flatMap(([id, score]) => (score < 2 ? [[id, score]] : [])));
}

const cases: readonly (readonly [name: string, find: string | RegExp, put: string, lost: Record<string, number>])[] = [
  ['no tables are made', 'Base.metadata.create_all', 'print', { C1: 1 }],
  ['created_at is text', 'Column(DateTime', 'Column(String', { C2: 1 }],
  ['no column has its name', /(title|description|completed|created_at|id) = Column/g, 'x = Column', { C2: 0 }],
  ['nothing is written', /db\.add\(task\)\n/, '', { C3: 1 }],
  ['no way to one task', '@app.get("/tasks/{task_id}"', '@app.get("/items/{task_id}"', { C4: 1, C10: 1 }],
  ['what was not sent is lost', 'exclude_unset=True', '', { C5: 1 }],
  ['nothing is removed', 'await db.delete(task)', 'pass', { C6: 1 }],
  ['no response model', /response_model=[^,)]*/g, 'tags=["x"]', { C7: 1 }],
  ['a schema is missing', 'class TaskUpdate', 'class Change', { C7: 1 }],
  ['never 404', /status_code=404/g, 'status_code=400', { C5: 1, C6: 1, C8: 0 }],
  ['a login', 'app = FastAPI()', 'from fastapi.security import OAuth2PasswordBearer\napp = FastAPI()', { C10: 1 }],
  ['not asynchronous', /async def (create|change)/g, 'def $1', { C10: 1 }],
  [
    'another route',
    '@app.delete(',
    '@app.get("/users")\nasync def users():\n    return []\n\n\n@app.delete(',
    { C10: 1 },
  ],
  ['comments hold what the code lacks', 'Base.metadata.create_all', 'print)  # create_all(', { C1: 1 }],
];

describe('the rubric', () => {
  it('gives a whole answer 20 of 20, fenced or not', () => {
    assert.equal(scoreRubric(whole).total, 20);
    assert.equal(scoreRubric(`\`\`\`python\n${whole}\`\`\`\n`).total, 20);
  });

  for (const [name, find, put, expected] of cases) {
    it(`takes marks off: ${name}`, () => {
      assert.deepEqual(lost(find, put), expected);
    });
  }

  it('takes marks off for talk', () => {
    const talk = 'Here is what I did and why, at length. '.repeat(200);
    const { C9, ...rest } = marks(`${talk}\n\`\`\`python\n${whole}\`\`\`\n`);
    assert.equal(C9, 0);
    assert.ok(Object.values(rest).every((score) => score === 2));
  });

  it('gives nothing for nothing and for a refusal', () => {
    for (const answer of ['', 'I am sorry, I cannot help with that.']) {
      const { C10, ...rest } = marks(answer);
      assert.ok((C10 ?? 0) <= 1, answer);
      assert.ok(
        Object.entries(rest).every(([id, score]) => score === 0 || id === 'C9'),
        JSON.stringify(rest),
      );
    }
  });

  it('joins the blocks of an answer and forgives a fence that never ends', () => {
    assert.equal(codeOf('a\n```python\nx = 1\n```\nb\n```\ny = 2\n').code, 'x = 1\n\ny = 2\n');
  });
});

describe('S1’s planner and worker', () => {
  it('are read as published: up to three lines, JSON strings', () => {
    assert.deepEqual(instructionsIn('1. First\n\n- Second\nInstruction 3: Third\n4) Fourth'), [
      'First',
      'Second',
      'Third',
    ]);
    assert.equal(partIn('```json\n"x = 1\\n"\n```'), 'x = 1\n');
    assert.equal(partIn('x = 1'), 'x = 1');
  });
});

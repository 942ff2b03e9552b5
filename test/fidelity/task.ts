// A fidelity task: the file as the editor has it, where the request is made, the right answer, and what may change.

import { indent, withLineBreak } from '../../server/base/text.ts';
import { languageFacts } from '../../server/exercises/languages.ts';
import type { Source } from '../../server/exercises/source.ts';
import { type Answer, type FidelityAction, renderDocumentation, renderFunction } from './answer.ts';
import type { Random } from './random.ts';
import { surroundingsOf } from './surroundings.ts';

/** How the file is written. */
export interface FileVariant {
  readonly surroundings: number;
  readonly lineBreak: '\n' | '\r\n';
  readonly finalNewline: boolean;
  /** Python only: the function is a static method of a class. */
  readonly inClass: boolean;
  readonly stub: number;
  /** The file has no imports yet: the answer brings them. */
  readonly lean: boolean;
}

export interface FidelityTask {
  readonly source: Source;
  readonly action: FidelityAction;
  readonly variant: FileVariant;
  readonly answer: Answer;
  readonly fileName: string;
  readonly text: string;
  /** Everything before and after what the answer replaces; `text` begins and ends with them. */
  readonly before: string;
  readonly after: string;
  /** On the function's name. */
  readonly cursor: number;
  /** For `fix`. */
  readonly finding: { readonly message: string; readonly start: number; readonly end: number } | undefined;
}

/** The plain variant first; others now and then. */
export function drawVariant(source: Source, random: Random): FileVariant {
  return {
    surroundings: random.integer(3),
    lineBreak: random.chance(0.15) ? '\r\n' : '\n',
    finalNewline: !random.chance(0.15),
    inClass: source.language === 'python' && !/"""|'''/.test(source.body) && random.chance(0.2),
    stub: random.integer(12),
    lean: false,
  };
}

/** Writes the file with the stub (implement), the bug (fix) or without documentation (document). */
export function makeTask(source: Source, action: FidelityAction, variant: FileVariant): FidelityTask {
  const facts = languageFacts[source.language];
  const stub = facts.stubs[variant.stub % facts.stubs.length] ?? '';
  const presentBody = action === 'implement' ? stub : action === 'fix' ? source.buggyBody : source.body;
  const documentation = action === 'document' ? '' : source.documentation;
  const file = fileAround(source, action === 'implement' ? variant : { ...variant, lean: false });
  const [before, present, after] = file(presentBody, documentation, action);
  const text = before + present + after;
  const answerDocumentation =
    action === 'document' ? renderDocumentation(source.language, source.prose) : source.documentation;
  const answer: Answer = {
    language: source.language,
    action,
    name: source.name,
    parameters: source.parameters,
    imports: source.imports,
    onlyBodyNeedsImports: source.onlyBodyNeedsImports,
    documentation: answerDocumentation,
    prose: source.prose,
    signature: source.signature,
    body: source.body,
    presentBody,
    wrongBody: source.buggyBody === source.body ? (facts.stubs[0] ?? '') : source.buggyBody,
    calls: source.calls,
    wholeFile: withLineBreak(file(source.body, answerDocumentation, 'fix').join(''), '\n'),
  };
  return {
    source,
    action,
    variant,
    answer,
    fileName: `${source.id.replaceAll(/\W+/g, '_').toLowerCase()}.${facts.extension}`,
    text,
    before,
    after,
    cursor: nameOffset(action, text, before, source),
    finding: action === 'fix' ? findingIn(text, before, source) : undefined,
  };
}

type FileParts = [before: string, present: string, after: string];

/** A function from body and documentation to the file in three parts: protected, replaced, protected. */
function fileAround(
  source: Source,
  variant: FileVariant,
): (body: string, documentation: string, action: FidelityAction) => FileParts {
  const { before, after } = surroundingsOf(source.language, variant.surroundings);
  const inClass = variant.inClass;
  const step = inClass ? '    ' : '';
  const head = [source.header, variant.lean ? '' : source.imports, before, source.definitionsBefore];
  const classHead = inClass ? `class Workshop:\n    kind = "bench"\n\n    @staticmethod\n` : '';
  const lead = joinBlocks(head, source.language) + classHead;
  const classTail = inClass
    ? `\n\n    def unrelated(self):\n        return self.kind\n\n\n${source.name} = Workshop.${source.name}`
    : '';
  const tail =
    classTail + joinTail([source.definitionsAfter, after], source.language) + (variant.finalNewline ? '\n' : '');
  const breaks = (part: string): string => withLineBreak(part, variant.lineBreak);
  return (body, documentation, action) => {
    const pieces = { language: source.language, documentation: '', signature: source.signature, body };
    const braces = languageFacts[source.language].hasBraces;
    if (action === 'implement') {
      const start = renderStart(source, documentation, step);
      const inside = body === '' ? '\n' : `\n${indent(body, step)}${braces ? '\n' : ''}`;
      return [breaks(lead + start), breaks(inside), breaks((braces ? `${step}}` : '') + tail)];
    }
    if (braces) {
      const comment = documentation === '' ? '' : `${documentation}\n`;
      return [breaks(lead + comment), breaks(renderFunction(pieces)), breaks(tail)];
    }
    return [
      breaks(lead + step),
      breaks(indent(renderFunction({ ...pieces, documentation }), step).slice(step.length)),
      breaks(tail),
    ];
  };
}

/** A function up to where its body begins. */
function renderStart(source: Source, documentation: string, step: string): string {
  const parts = languageFacts[source.language].hasBraces
    ? [documentation, source.signature]
    : [source.signature, documentation];
  return indent(parts.filter((part) => part !== '').join('\n'), step);
}

function joinBlocks(blocks: readonly string[], language: Source['language']): string {
  const gap = language === 'python' ? '\n\n\n' : '\n\n';
  return blocks
    .filter((block) => block !== '')
    .map((block) => block.replace(/\n+$/, '') + gap)
    .join('');
}

function joinTail(blocks: readonly string[], language: Source['language']): string {
  const gap = language === 'python' ? '\n\n\n' : '\n\n';
  return blocks
    .filter((block) => block !== '')
    .map((block) => gap + block)
    .join('');
}

/** In the signature, which stands before what `implement` replaces and at the start of what the others replace. */
function nameOffset(action: FidelityAction, text: string, before: string, source: Source): number {
  const signature = action === 'implement' ? before.lastIndexOf(source.signature) : before.length;
  const offset = text.indexOf(source.name, signature);
  if (signature === -1 || offset === -1) throw new Error(`${source.id}: the function is not in its file`);
  return offset;
}

/** On the first line that the bug changed. */
function findingIn(text: string, before: string, source: Source): FidelityTask['finding'] {
  const right = source.body.split('\n');
  const buggy = source.buggyBody.split('\n');
  const changed = buggy.findIndex((line, index) => line !== right[index]);
  const line = (buggy[changed === -1 ? buggy.length - 1 : changed] ?? '').trim();
  const start = text.indexOf(line, before.length);
  return { message: source.symptom, start, end: start + line.length };
}

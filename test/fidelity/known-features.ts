// The dressings that the product's authors were told of: the list in the README's terms, one feature each.

import { languageFacts } from '../../server/exercises/languages.ts';
import { answerFunction, hasMultilineLiteral, reindent, renderDocumentation } from './answer.ts';
import { type Feature, fence, fencedPiece, type Piece, usualFenceName } from './grammar.ts';
import { explanation, opening, secondAttemptIntroduction, thought } from './prose.ts';

const json = ['tail', 'inside'] as const;

export const knownShapes: readonly Feature[] = [
  {
    name: 'bare body',
    slot: 'shape',
    actions: ['implement', 'fix'],
    apply: (piece) => ({ ...piece, shape: 'body', code: piece.answer.body }),
  },
  {
    name: 'bare documentation',
    slot: 'shape',
    actions: ['document'],
    apply: (piece) => ({ ...piece, shape: 'documentation', code: reindent(piece.answer.documentation, '') }),
  },
  {
    name: 'whole function',
    slot: 'shape',
    apply: (piece) => ({ ...piece, shape: 'function', code: answerFunction(piece.answer) }),
  },
  {
    name: 'signature repeated without documentation',
    slot: 'shape',
    actions: ['implement', 'fix'],
    apply: (piece) => ({ ...piece, shape: 'function', code: answerFunction(piece.answer, { documentation: '' }) }),
  },
  {
    name: 'signature and documentation without body',
    slot: 'shape',
    actions: ['document'],
    apply: (piece) => {
      const { answer } = piece;
      const parts = languageFacts[answer.language].hasBraces
        ? [answer.documentation, answer.signature]
        : [answer.signature, answer.documentation];
      return { ...piece, shape: 'function', code: parts.join('\n') };
    },
  },
  {
    name: 'docstring repeated before a body',
    slot: 'shape',
    languages: ['python'],
    actions: ['implement', 'fix'],
    applies: (answer) => answer.documentation !== '',
    apply: (piece) => ({ ...piece, shape: 'body', code: `${piece.answer.documentation}\n${piece.answer.body}` }),
  },
  {
    name: 'imports repeated',
    slot: 'shape',
    applies: (answer) => answer.imports !== '',
    apply: (piece) => ({
      ...piece,
      shape: 'function',
      code: `${piece.answer.imports}\n\n${answerFunction(piece.answer)}`,
    }),
  },
];

export const knownFences: readonly Feature[] = [
  { name: 'no fence', slot: 'fence', apply: (piece) => ({ ...piece, text: piece.code }) },
  { name: 'fence without language', slot: 'fence', apply: (piece) => fencedPiece({ ...piece, fenceName: '' }, '') },
  {
    name: 'fence with language',
    slot: 'fence',
    apply: (piece, random) => fencedPiece(piece, random.pick(languageFacts[piece.answer.language].fenceNames)),
  },
  {
    name: 'fence with info string',
    slot: 'fence',
    apply: (piece, random) => {
      const { fenceNames, extension } = languageFacts[piece.answer.language];
      const name = random.pick(fenceNames);
      const info = [
        `${name} title=main.${extension}`,
        `${name} {1,3-4}`,
        `{.${name}}`,
        `${name}:src/main.${extension}`,
        ` ${name}`,
        `${name}  showLineNumbers`,
      ];
      return fencedPiece(piece, random.pick(info));
    },
  },
  {
    name: 'tilde fence',
    slot: 'fence',
    apply: (piece, random) => fencedPiece(piece, random.pick(['', usualFenceName(piece.answer)]), '~~~'),
  },
  {
    name: 'JSON string',
    slot: 'fence',
    excludesSlots: json,
    apply: (piece) => ({ ...piece, text: JSON.stringify(piece.code) }),
  },
  {
    name: 'JSON object',
    slot: 'fence',
    excludesSlots: json,
    apply: (piece, random) => ({
      ...piece,
      text: JSON.stringify({ code: piece.code }, undefined, random.pick([0, 2])),
    }),
  },
];

export const knownRest: readonly Feature[] = [
  {
    name: 'tabs for spaces',
    slot: 'layout',
    applies: (answer) => /^ {2}/m.test(answer.body) && !hasMultilineLiteral(answer),
    apply: (piece) => ({ ...piece, code: changeStep(piece, '\t') }),
  },
  {
    name: 'two spaces for four',
    slot: 'layout',
    languages: ['python', 'rust', 'go'],
    applies: (answer) => /^ {4}/m.test(answer.body) && !hasMultilineLiteral(answer),
    apply: (piece) => ({ ...piece, code: changeStep(piece, '  ') }),
  },
  {
    name: 'four spaces for two',
    slot: 'layout',
    languages: ['js'],
    applies: (answer) => /^ {2}/m.test(answer.body) && !hasMultilineLiteral(answer),
    apply: (piece) => ({ ...piece, code: changeStep(piece, '    ') }),
  },
  {
    name: 'second attempt',
    slot: 'tail',
    judgement: 'The first version is the answer: the second is introduced as an alternative. It is wrong.',
    apply: (piece, random) => {
      const attempt = wrongAttempt(piece);
      const block = piece.fenced ? fence(attempt, usualFenceName(piece.answer)) : attempt;
      return { ...piece, text: `${piece.text}\n\n${secondAttemptIntroduction(random)}\n\n${block}` };
    },
  },
  {
    name: 'prose before',
    slot: 'before',
    apply: (piece, random) => ({ ...piece, text: `${opening(piece.answer, random)}\n\n${piece.text}` }),
  },
  {
    name: 'prose after',
    slot: 'after',
    apply: (piece, random) => ({ ...piece, text: `${piece.text}\n\n${explanation(piece.answer, random)}` }),
  },
  {
    name: 'think block',
    slot: 'think',
    apply: (piece, random) => ({
      ...piece,
      text: `<think>\n${thought(piece.answer, wrongAttempt(piece), random)}\n</think>\n\n${piece.text}`,
    }),
  },
  {
    name: 'CRLF',
    slot: 'lines',
    apply: (piece) => ({
      ...piece,
      // In one line of JSON the line breaks are escapes; an escaped backslash before an n is none.
      text: piece.text.includes('\n')
        ? piece.text.replace(/\n/g, '\r\n')
        : piece.text.replace(/(?<!\\)((?:\\\\)*)\\n/g, '$1\\r\\n'),
    }),
  },
];

export const knownFeatures: readonly Feature[] = [...knownShapes, ...knownFences, ...knownRest];

/** Another version of what the piece holds, in the same shape, and wrong. */
export function wrongAttempt(piece: Piece): string {
  const { answer } = piece;
  if (piece.shape === 'documentation') {
    return reindent(renderDocumentation(answer.language, 'Does the work described by its name.'), '');
  }
  const documentation =
    answer.action === 'document' ? renderDocumentation(answer.language, 'Does the work described by its name.') : '';
  const wrong = answerFunction(answer, { body: answer.wrongBody, documentation });
  return piece.shape === 'body' ? answer.wrongBody : wrong;
}

/** The code with another indentation step. Odd rests of alignment stay as spaces. */
function changeStep(piece: Piece, step: string): string {
  const width = piece.answer.language === 'js' ? 2 : 4;
  return piece.code
    .split('\n')
    .map((line) => {
      const lead = /^ */.exec(line)?.[0].length ?? 0;
      if (line.trim() === '') return line;
      return step.repeat(Math.floor(lead / width)) + ' '.repeat(lead % width) + line.slice(lead);
    })
    .join('\n');
}

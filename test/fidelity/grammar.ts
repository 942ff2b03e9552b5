// The grammar of dressings: features in slots, laid on in order. One answer goes in, the text of a model comes out.
// A feature knows models' habits; it knows nothing of the code that undoes them.

import { type Language, languageFacts } from '../../server/exercises/languages.ts';
import { type Answer, answerFunction, type FidelityAction } from './answer.ts';
import type { Random } from './random.ts';

/** In the order in which features are laid on. Two features of one slot can't be in one dressing. */
export const slots = [
  'shape',
  'inside',
  'layout',
  'fence',
  'tail',
  'before',
  'after',
  'think',
  'lines',
  'token',
] as const;
export type Slot = (typeof slots)[number];

/** A model's answer while it is being dressed. */
export interface Piece {
  readonly answer: Answer;
  /** What `code` holds. `documentation` only for the action `document`. */
  readonly shape: 'body' | 'function' | 'file' | 'documentation';
  /** What goes into the block. */
  readonly code: string;
  /** Fence language that the code needs (`diff`); undefined for the usual one. */
  readonly fenceName?: string;
  readonly fenced: boolean;
  /** The whole answer so far; '' until the fence slot. */
  readonly text: string;
}

export interface Feature {
  readonly name: string;
  readonly slot: Slot;
  readonly languages?: readonly Language[];
  readonly actions?: readonly FidelityAction[];
  /** Makes sense only around a whole function (or file), not around a bare body. */
  readonly needsFunction?: boolean;
  /** Makes sense only around code in a fence. */
  readonly needsFence?: boolean;
  /** Slots that would make the answer ambiguous, or that no model fills together with this. */
  readonly excludesSlots?: readonly Slot[];
  /** Names of features that it can't be combined with. */
  readonly excludes?: readonly string[];
  /** Where a careful reader has to judge: what is right, and why. */
  readonly judgement?: string;
  /** Imports that the answer needs are absent from the file: the answer brings them. */
  readonly bringsImports?: boolean;
  applies?(answer: Answer): boolean;
  apply(piece: Piece, random: Random): Piece;
}

/** What a model said, and what was done to the right answer to get there. */
export interface Dressed {
  readonly text: string;
  /** Features in the order in which they were laid on. */
  readonly names: readonly string[];
  readonly bringsImports: boolean;
}

export function featureApplies(feature: Feature, answer: Answer): boolean {
  return (
    (feature.languages?.includes(answer.language) ?? true) &&
    (feature.actions?.includes(answer.action) ?? true) &&
    (feature.applies?.(answer) ?? true)
  );
}

/** Whether features can be in one answer without making it ambiguous. */
export function compatible(features: readonly Feature[]): boolean {
  const taken = new Set(features.map((feature) => feature.slot));
  if (taken.size !== features.length) return false;
  const names = new Set(features.map((feature) => feature.name));
  const shape = features.find((feature) => feature.slot === 'shape');
  const fence = features.find((feature) => feature.slot === 'fence');
  return features.every(
    (feature) =>
      !(feature.excludesSlots ?? []).some((slot) => taken.has(slot)) &&
      !(feature.excludes ?? []).some((name) => names.has(name)) &&
      !(feature.needsFunction && shape !== undefined && isBodyShape(shape)) &&
      !(feature.needsFence && fence !== undefined && isUnfenced(fence)),
  );
}

/** Lays features on a right answer, in slot order. */
export function dress(answer: Answer, features: readonly Feature[], random: Random): Dressed {
  const ordered = slots.flatMap((slot) => features.filter((feature) => feature.slot === slot));
  let piece: Piece = { answer, shape: 'function', code: answerFunction(answer), fenced: false, text: '' };
  let rendered = false;
  for (const feature of ordered) {
    if (!rendered && slots.indexOf(feature.slot) > slots.indexOf('fence')) {
      piece = { ...piece, text: piece.code };
      rendered = true;
    }
    piece = feature.apply(piece, random);
    if (feature.slot === 'fence') rendered = true;
  }
  return {
    text: rendered ? piece.text : piece.code,
    names: ordered.map((feature) => feature.name),
    bringsImports: ordered.some((feature) => feature.bringsImports),
  };
}

export function fence(code: string, info: string, mark = '```'): string {
  return `${mark}${info}\n${code}\n${mark}`;
}

/** A fence with the language that the piece's code is in. */
export function fencedPiece(piece: Piece, info: string, mark = '```'): Piece {
  return { ...piece, fenced: true, text: fence(piece.code, piece.fenceName ?? info, mark) };
}

export function usualFenceName(answer: Answer): string {
  return languageFacts[answer.language].fenceNames[0] ?? '';
}

function isBodyShape(feature: Feature): boolean {
  return bodyShapes.has(feature.name);
}

/** Shape features that give a body or documentation without its function. */
export const bodyShapes: ReadonlySet<string> = new Set([
  'bare body',
  'bare documentation',
  'documentation without markers',
  'docstring repeated before a body',
  'body dedented',
  'first line dedented',
  'body with its closing brace',
]);

function isUnfenced(feature: Feature): boolean {
  return unfenced.has(feature.name);
}

/** Fence features without a fence. */
export const unfenced: ReadonlySet<string> = new Set([
  'no fence',
  'JSON string',
  'JSON object',
  'JSON with explanation',
  'closing fence only',
  'language on a line of its own',
  'answer tags',
  'language tags',
  'begin and end comments',
  'inline code',
]);

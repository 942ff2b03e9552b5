// Markup that can't be broken out of: whatever goes into `markup` as a string is text, whatever is Markup stays as it is.
// Serves HTML and SVG alike; knows no element.

import { plainText } from '../../base/escape.ts';

declare const safe: unique symbol;

/** Text that was escaped where it had to be. */
export interface Markup {
  readonly [safe]: true;
  toString(): string;
}

type Value = string | number | Markup | undefined | readonly Value[];

class SafeText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
  toString(): string {
    return this.text;
  }
}

/**
 * `` markup`<p class="${name}">${text}</p>` ``: attributes have to stand in double quotes. Lists are joined without anything between,
 * undefined is nothing, numbers are rounded to two decimals.
 */
export function markup(parts: TemplateStringsArray, ...values: readonly Value[]): Markup {
  let text = parts[0] ?? '';
  for (const [index, value] of values.entries()) text += written(value) + (parts[index + 1] ?? '');
  return new SafeText(text) as unknown as Markup;
}

/** For what is no text of anybody's: the style, the script, data that were escaped in their own way. */
export function asMarkup(text: string): Markup {
  return new SafeText(text) as unknown as Markup;
}

function written(value: Value): string {
  if (value === undefined) return '';
  if (typeof value === 'string') return escapeHtml(value);
  if (typeof value === 'number') return String(Math.round(value * 100) / 100);
  if (value instanceof SafeText) return value.text;
  return (value as readonly Value[]).map(written).join('');
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Without terminal escapes and what reorders text; nothing in it is markup, in text and in quoted attributes. */
export function escapeHtml(text: string): string {
  return plainText(text).replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

// What a model wrapped in JSON: code as one string, a code field or a list of strings, lenient about raw line breaks; or an object.

const codeFields = /^(?:code|answer|solution|implementation|function|result|docstring|documentation)$/i;

/** @returns the strings that hold the answer, likeliest first; empty when no lines of the text are one piece of JSON. */
export function codeInJson(text: string): string[] {
  const json = /(?:^|\n)[ \t]*(?:json\s+)?(["{[][\s\S]*["}\]])[ \t]*(?:\n|$)/i.exec(text)?.[1];
  return json === undefined ? [] : stringsIn(parseLeniently(json));
}

function stringsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (Array.isArray(value)) {
    const strings = value.filter((entry): entry is string => typeof entry === 'string');
    return strings.length === value.length && strings.length > 0 ? [strings.join('\n')] : [];
  }
  if (typeof value !== 'object' || value === null) return [];
  const fields = Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  const named = fields.filter(([name]) => codeFields.test(name)).map(([, text_]) => text_);
  const longestFirst = fields.map(([, text_]) => text_).sort((a, b) => b.length - a.length);
  return [...named, ...longestFirst];
}

function parseLeniently(text: string): unknown {
  for (const attempt of [text, escapeRawControls(text)]) {
    try {
      return JSON.parse(attempt);
    } catch {}
  }
  return undefined;
}

/** Line breaks and tabs inside string literals, which JSON forbids and models write. */
function escapeRawControls(text: string): string {
  return text.replace(/"(?:[^"\\]|\\[\s\S])*"/g, (literal) =>
    literal.replace(/\n/g, '\\n').replace(/\t/g, '\\t').replace(/\\'/g, "'"),
  );
}

/** The object from the first brace of a text to its last; undefined when that is no JSON. */
export function objectIn(text: string): Record<string, unknown> | undefined {
  const start = text.indexOf('{');
  const end = text.lastIndexOf('}');
  if (start === -1 || end <= start) return undefined;
  try {
    const value: unknown = JSON.parse(text.slice(start, end + 1));
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

// Reads the Prometheus text format, classic and OpenMetrics, strictly and only for the metrics that are asked for.
// Knows the format, not what the metrics mean. (The parsers on npm keep everything and stop at the first bad line; this text comes
// from a machine that we do not trust, and all but a few lines of it are of no use here.)

export interface Sample {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** May be NaN or infinite: the format allows both. */
  readonly value: number;
}

export interface Exposition {
  /** Of the wanted metrics, in the order of the text. */
  readonly samples: readonly Sample[];
  /** Lines of a wanted metric that could not be read. */
  readonly badLines: number;
  /** Whether anything in the text was a sample at all. */
  readonly isExposition: boolean;
}

/** One machine has some hundred zones and cards at most; more is somebody else's idea of a joke. */
const mostSamples = 2000;
const longestLine = 16_384;

const metricName = /[a-zA-Z_:][a-zA-Z0-9_:]*/y;
/** A value, perhaps a timestamp, perhaps an OpenMetrics exemplar. */
const afterLabels =
  /^[ \t]+([-+]?(?:[0-9][0-9.]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+|[iI]nf(?:inity)?|[nN]a[nN]))(?:[ \t]+-?[0-9.eE+]+)?[ \t]*(?:#.*)?$/;

/** Never throws. A line that can't be read is left out and counted. */
export function readExposition(text: string, isWanted: (metric: string) => boolean): Exposition {
  const samples: Sample[] = [];
  let badLines = 0;
  let isExposition = false;
  for (let start = 0, end = 0; start < text.length && samples.length < mostSamples; start = end + 1) {
    const newline = text.indexOf('\n', start);
    end = newline === -1 ? text.length : newline;
    // Most lines are of metrics that nobody wants: their names are looked at, and nothing is copied.
    metricName.lastIndex = start;
    const metric = metricName.exec(text)?.[0];
    if (metric === undefined || end - start > longestLine) continue;
    if (isExposition && !isWanted(metric)) continue;
    const line = text.slice(start, text[end - 1] === '\r' ? end - 1 : end);
    const sample = readSample(line, metric);
    isExposition ||= sample !== undefined;
    if (!isWanted(metric)) continue;
    if (sample === undefined) badLines += 1;
    else samples.push(sample);
  }
  return { samples, badLines, isExposition };
}

function readSample(line: string, metric: string): Sample | undefined {
  let at = metric.length;
  const labels: Record<string, string> = Object.create(null) as Record<string, string>;
  if (line[at] === '{') {
    const end = readLabels(line, at + 1, labels);
    if (end === undefined) return undefined;
    at = end;
  }
  const value = afterLabels.exec(line.slice(at))?.[1];
  return value === undefined ? undefined : { metric, labels, value: toNumber(value) };
}

const labelStart = /[ \t]*([a-zA-Z_][a-zA-Z0-9_]*)[ \t]*=[ \t]*"/y;
const labelEnd = /[ \t]*(,[ \t]*\}?|\})/y;
const nextSpecial = /["\\]/g;

/** @returns where the closing brace ends; undefined when the labels can't be read. A name that comes twice can't. */
function readLabels(line: string, from: number, labels: Record<string, string>): number | undefined {
  if (line[from] === '}') return from + 1;
  for (let at = from; ; ) {
    labelStart.lastIndex = at;
    const name = labelStart.exec(line)?.[1];
    if (name === undefined || name in labels) return undefined;
    let value = '';
    at = labelStart.lastIndex;
    for (;;) {
      nextSpecial.lastIndex = at;
      const special = nextSpecial.exec(line);
      if (special === null) return undefined;
      value += line.slice(at, special.index);
      at = special.index + 1;
      if (special[0] === '"') break;
      const escaped = line[at];
      if (escaped !== '\\' && escaped !== '"' && escaped !== 'n') return undefined;
      value += escaped === 'n' ? '\n' : escaped;
      at += 1;
    }
    labels[name] = value;
    labelEnd.lastIndex = at;
    const close = labelEnd.exec(line)?.[1];
    if (close === undefined) return undefined;
    at = labelEnd.lastIndex;
    if (close.endsWith('}')) return at;
  }
}

function toNumber(text: string): number {
  if (/inf/i.test(text)) return text.startsWith('-') ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  return Number(text);
}

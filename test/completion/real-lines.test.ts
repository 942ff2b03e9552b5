// The rest of a line of real TypeScript, ours, with other code behind it: the answer ends with the line, neither earlier nor later.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { syntaxFilters } from '../../server/completion/policy/stop.ts';
import { seeded } from '../bench/statistics.ts';
import { tokensOf } from './table/answer.ts';
import { placeOf } from './table/place.ts';
import { replay } from './table/replay.ts';

const root = fileURLToPath(new URL('../../server', import.meta.url));
const other = [
  '',
  'const unrelated = compute(1, 2);',
  'if (unrelated > 3) {',
  '  other(unrelated);',
  '}',
  'return 1;',
  '',
];

it('completions end with the line in 97 of 100 places of real TypeScript', () => {
  const random = seeded(3);
  const files = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .sort();
  const pick = <Item>(items: readonly Item[]): Item => items[Math.floor(random() * items.length)] as Item;
  let [asked, right] = [0, 0];
  const wrong: string[] = [];
  while (asked < 400) {
    const text = readFileSync(`${root}/${pick(files)}`, 'utf8');
    const line = pick([...text.matchAll(/^([^\S\n]*)\S[^\n]*$/gm)]);
    const [whole, indentation = ''] = line;
    const at = line.index + indentation.length + Math.floor(random() * (whole.length - indentation.length));
    const end = line.index + whole.length;
    const truth = text.slice(at, end);
    if (truth.trim() === '' || /^\s*(?:\/\/|\*|\/\*)/.test(whole)) continue;
    const place = placeOf({ languageId: 'typescript', prefix: text.slice(0, at), suffix: text.slice(end) });
    if (place.lines === 'several') continue;
    const tokens = tokensOf(truth + other.join(`\n${indentation}`)).map((one) => ({
      text: one,
      logProbability: -0.01,
    }));
    const got = replay({ tokens, ended: 'bound' }, syntaxFilters(place, 'surrounding')).text;
    asked++;
    if (got.trimEnd() === truth.trimEnd()) right++;
    else wrong.push(`${whole.slice(0, at - line.index)}⟦${truth}⟧ → ${got}`);
  }
  assert.ok(right / asked >= 0.97, `${right} of ${asked}:\n${wrong.join('\n')}`);
});

// The text format, well written and badly; and what the counters of each exporter's page become.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { readCounterPage } from '../../../server/energy/remote/counter-samples.ts';
import { readTokenPage } from '../../../server/energy/remote/engine-tokens.ts';
import { readExposition } from '../../../server/energy/remote/exposition.ts';

const all = (): boolean => true;
const fixture = (name: string): string =>
  readFileSync(new URL(`../../fixtures/expositions/${name}.txt`, import.meta.url), 'utf8');

function counters(text: string): readonly string[] {
  const page = readCounterPage(text);
  assert.ok(page.usable, page.usable ? '' : page.why);
  return page.counters.map(({ row, domain, microjoules }) => `${row.exporter} ${domain} ${microjoules}`);
}

function problem(text: string): string {
  const page = readCounterPage(text);
  assert.ok(!page.usable, 'a usable page');
  return page.why;
}

describe('the Prometheus text format', () => {
  const cases: readonly (readonly [string, string, number | undefined, Record<string, string>?])[] = [
    ['a bare sample', 'a_total 12', 12],
    ['a timestamp', 'a_total 12.5 1767225600000', 12.5],
    ['an OpenMetrics timestamp and exemplar', 'a{x="1"} 3 1767225600.123 # {id="abc"} 1 1767225600', 3, { x: '1' }],
    ['an exemplar without a timestamp', 'a_total 3 # {trace_id="}"} 1', 3],
    ['escapes in labels', 'a{p="C:\\\\x \\"q\\" \\n"} 1', 1, { p: 'C:\\x "q" \n' }],
    ['braces, commas and hashes inside labels', 'a{p="},{#=",q="2"} 7', 7, { p: '},{#=', q: '2' }],
    ['a trailing comma and blanks', 'a{ p = "1" , } \t 7', 7, { p: '1' }],
    ['empty braces', 'a{} 7', 7, {}],
    ['exponents', 'a 1.5e+09', 1.5e9],
    ['infinity', 'a -Inf', Number.NEGATIVE_INFINITY],
    ['Windows line ends', 'a 7\r', 7],
    ['not a number where a number belongs', 'a seven', undefined],
    ['no value', 'a{p="1"}', undefined],
    ['an open label', 'a{p="1} 7', undefined],
    ['a label without quotes', 'a{p=1} 7', undefined],
    ['the same label twice', 'a{p="1",p="2"} 7', undefined],
    ['an unknown escape', 'a{p="\\x"} 7', undefined],
    ['a name glued to a value', 'a7', undefined],
    ['more behind the value', 'a 7 8 9', undefined],
    ['a hexadecimal value', 'a 0x10', undefined],
  ];
  for (const [name, line, value, labels] of cases) {
    it(`${value === undefined ? 'leaves out' : 'reads'} ${name}`, () => {
      const { samples, badLines } = readExposition(`# TYPE a counter\n${line}\nlast 1\n`, all);
      const found = samples.filter((sample) => sample.metric !== 'last');
      assert.deepEqual([found[0]?.value, badLines], [value, value === undefined ? 1 : 0]);
      if (labels !== undefined) assert.deepEqual({ ...found[0]?.labels }, labels);
      assert.equal(samples.at(-1)?.metric, 'last', 'the rest of the page still counts');
    });
  }

  it('reads NaN as what it is', () => {
    assert.ok(Number.isNaN(readExposition('a NaN\n', all).samples[0]?.value));
  });

  it('survives any text, and keeps to its bounds', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => void readCounterPage(text)));
    const page = Array.from({ length: 20_000 }, (_, index) => `a{i="${index}"} 1`).join('\n');
    assert.equal(readExposition(page, all).samples.length, 2000);
    assert.equal(readExposition(`a{p="${'x'.repeat(100_000)}"} 1\nb 2`, all).samples.length, 1);
  });

  it('keeps a label called __proto__ a label', () => {
    const [sample] = readExposition('a{__proto__="1"} 2', all).samples;
    assert.equal(Object.keys(sample?.labels ?? {}).length, 1);
  });
});

describe('the pages of exporters', () => {
  it('dcgm-exporter: a card once, however many MIG instances repeat it, from millijoules', () => {
    assert.deepEqual(counters(fixture('dcgm-exporter')), [
      'dcgm-exporter gpu 257858316000',
      'dcgm-exporter gpu 15152422938000',
    ]);
  });

  it('Kepler: zones as they are, nothing of processes', () => {
    assert.deepEqual(counters(fixture('kepler')), [
      'Kepler package 1024500000',
      'Kepler package 2048250000',
      'Kepler core 900000000',
      'Kepler dram 100125000',
      'Kepler psys 5000000000',
      'Kepler gpu 777500000',
    ]);
  });

  it('Scaphandre: its sum of the machine', () => {
    assert.deepEqual(counters(fixture('scaphandre')), ['Scaphandre package 88888888888']);
  });

  it('nvidia_gpu_exporter: joules', () => {
    assert.deepEqual(counters(fixture('nvidia-gpu-exporter')), ['nvidia_gpu_exporter gpu 12345678912000']);
  });

  it('Alumet: says why its joules can not be used', () => {
    assert.match(problem(fixture('alumet')), /since its own last look/);
  });

  it('dies of a package: says why they can not be used', () => {
    assert.match(problem('node_rapl_package_0_die_0_joules_total{index="0"} 5\n'), /die by die/);
  });

  it('two exporters on one page count each domain once', () => {
    const gpu = counters(fixture('dcgm-exporter') + fixture('nvidia-gpu-exporter'));
    assert.equal(gpu.filter((one) => one.startsWith('nvidia')).length, 0);
    const both = counters(`${fixture('kepler')}node_rapl_package_joules_total{index="0",path="/sys/a"} 7\n`);
    assert.equal(both.filter((one) => one.includes('package')).length, 2);
  });

  it("several machines on one page are nobody's", () => {
    const metric = 'node_rapl_package_joules_total';
    assert.match(problem(`${metric}{instance="a"} 1\n${metric}{instance="b"} 2\n`), /machines \(instance differs\)/);
  });

  it('more counters than a machine has are no machine', () => {
    const line = (index: number): string => `node_rapl_package_joules_total{index="${index}",path="/p${index}"} 1\n`;
    assert.match(problem(Array.from({ length: 5000 }, (_, index) => line(index)).join('')), /more than a machine has/);
  });

  it('a page without energy, and what is no page at all', () => {
    assert.match(problem('node_load1 0.5\n'), /none of the energy counters/);
    for (const text of [
      '',
      '<!doctype html>\n<html><body>hello</body></html>',
      '{"a": 1}',
      'hello world',
      '\u0001\u0002\n\u0003',
    ])
      assert.match(problem(text), /no exporter/, text);
  });

  it('a value that is no energy makes its counter unreadable, not zero', () => {
    for (const value of ['NaN', '+Inf', '-5', '1e300']) {
      const page = readCounterPage(`node_rapl_package_joules_total{index="0",path="/a"} ${value}\n`);
      assert.ok(page.usable);
      assert.equal(page.counters[0]?.microjoules, undefined, value);
    }
    assert.match(problem('other 1\nnode_rapl_package_joules_total{index="0"} broken\n'), /can not be read/);
  });

  it('tokens: llama.cpp server and vLLM, summed over models and engines', () => {
    assert.deepEqual(readTokenPage(fixture('llama-server')), {
      prompt: 1200,
      generated: 3400,
      running: 2,
      counted: 'at the end',
    });
    assert.deepEqual(readTokenPage(fixture('vllm')), {
      prompt: 300,
      generated: 1500,
      running: 3,
      counted: 'as they come',
    });
    assert.equal(readTokenPage(fixture('kepler')), undefined);
    assert.equal(readTokenPage('llamacpp:prompt_tokens_total NaN\nllamacpp:tokens_predicted_total 3\n'), undefined);
  });
});

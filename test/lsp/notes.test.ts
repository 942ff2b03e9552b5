// Receipt notes and hovers: where they are, what they say, and when they go.

import assert from 'node:assert/strict';
import type { MarkupContent } from 'vscode-languageserver/node';
import type { Receipt } from '../../server/ledger/events.ts';
import type { RegionMatch } from '../../server/ledger/port.ts';
import { foldReceipt } from '../../server/ledger/receipt.ts';
import { hoverLines, hoverMarkdown, receiptLine } from '../../server/ledger/receipt-text.ts';
import { fullCapabilities } from '../../server/lsp/headless-capabilities.ts';
import { at } from '../support/editor-client.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { callEvent, measured, morning, outcomeEvent, sampleCall } from '../support/sample-events.ts';
import { openScripted, type Script, type ScriptedSession } from '../support/scripted-session.ts';

const uri = 'file:///project/a.py';
const generated = '    total = a + b\n    return total';
const text = `def add(a, b):\n${generated}\n\nx = 1\n`;

function receipt(fields: Partial<ReturnType<typeof sampleCall>> = {}): Receipt {
  const folded = foldReceipt([callEvent({ call: sampleCall(fields) }), outcomeEvent()]);
  assert.ok(folded);
  return folded;
}

const regions: NonNullable<Script['regions']> = (_path, content) => {
  const start = content.indexOf(generated);
  const match = { receipt: receipt(), region: {}, range: { start, end: start + generated.length } };
  return start === -1 ? [] : [match as unknown as RegionMatch];
};

async function open(
  configuration: unknown = {},
  script: Script = {},
  options = {},
): Promise<ScriptedSession & { clock: ManualClock }> {
  const clock = new ManualClock(1n, morning + 86_400_000);
  const session = await openScripted({ regions, clock, ...script }, { configuration, ...options });
  session.client.openDocument(uri, 'python', text);
  await session.client.ready(uri);
  return { ...session, clock };
}

describe('receipt notes', () => {
  it('stand on the first line of the region, as quiet as the setting says', async () => {
    for (const [receipts, severity] of [
      ['hint', 4],
      ['information', 3],
    ] as const) {
      const { client, close } = await open({ receipts });
      const [note] = await client.waitForDiagnostics(uri, (notes) => notes.length > 0);
      assert.deepEqual(note?.range, { start: { line: 1, character: 4 }, end: { line: 1, character: 17 } });
      assert.equal(note?.severity, severity);
      assert.equal(note?.source, 'joule');
      assert.equal(note?.message, '61 J ±2 % (GPU 50, CPU 11) · 4.0 s · gemma3:4b');
      await close();
    }
  });

  it('are not there when switched off, and go with age', async () => {
    for (const configuration of [{ receipts: 'off' }, { receiptDays: 1 }]) {
      const clock = new ManualClock(1n, morning + 2 * 86_400_000);
      const { client, close } = await open(configuration, { clock });
      assert.deepEqual(await client.waitForDiagnostics(uri, () => true), []);
      await close();
    }
  });

  it('obey a setting that changes while they stand', async () => {
    const { client, close } = await open();
    await client.waitForDiagnostics(uri, (notes) => notes.length === 1);
    client.setConfiguration({ receipts: 'off' });
    await client.waitForDiagnostics(uri, (notes) => notes.length === 0);
    client.setConfiguration({ receipts: 'information' });
    await client.waitForDiagnostics(uri, (notes) => notes[0]?.severity === 3);
    await close();
  });

  it('follow edits elsewhere and inside, go when the code is written anew, and come back with its undo', async () => {
    const { client, clock, close } = await open();
    await client.waitForDiagnostics(uri, (notes) => notes.length === 1);
    client.changeDocument(uri, [{ range: at(0), newText: '\n\n' }]);
    await client.ready(uri);
    await clock.advanceAndSettle(400);
    const [moved] = await client.waitForDiagnostics(uri, (notes) => notes[0]?.range.start.line === 3);
    assert.ok(moved);
    client.changeDocument(uri, [{ range: at(4, 11), newText: '1 + ' }]);
    await client.ready(uri);
    await clock.advanceAndSettle(400);
    await client.waitForDiagnostics(uri, (notes) =>
      /found again by content, 1 of 2 lines as written$/.test(String(notes[0]?.message)),
    );
    client.undo(uri);
    await client.ready(uri);
    await clock.advanceAndSettle(400);
    await client.waitForDiagnostics(uri, (notes) => /gemma3:4b$/.test(String(notes[0]?.message)));
    const whole = { start: at(3, 4).start, end: at(4, 16).end };
    client.changeDocument(uri, [{ range: whole, newText: 'raise NotImplementedError("later")' }]);
    await client.ready(uri);
    await clock.advanceAndSettle(400);
    await client.waitForDiagnostics(uri, (notes) => notes.length === 0);
    client.undo(uri);
    await client.ready(uri);
    await clock.advanceAndSettle(400);
    await client.waitForDiagnostics(uri, (notes) => notes.length === 1);
    client.closeDocument(uri);
    await client.waitForDiagnostics(uri, (notes) => notes.length === 0);
    await close();
  });

  it('become a warning when the budget of one action was passed, even when notes are off', async () => {
    for (const receipts of ['hint', 'off']) {
      const { client, close } = await open({ receipts, budget: { actionJoules: 60 } });
      const [note] = await client.waitForDiagnostics(uri, (notes) => notes.length > 0);
      assert.equal(note?.severity, 2);
      assert.match(String(note?.message), /^over the budget of 60 J: 61 J/);
      await close();
    }
  });

  it('tell the ledger that the same was asked for again, and jobs that the file was saved', async () => {
    const saved: string[] = [];
    const jobs = { documentSaved: (one: string) => void saved.push(one) };
    const { client, appended, close } = await open({}, { jobs, outlook: { larger: () => 'gemma3:27b' } });
    await client.waitForDiagnostics(uri, (notes) => notes.length > 0);
    client.saveDocument(uri);
    const actions = await client.codeActions(uri, at(1, 6));
    assert.deepEqual(saved, [uri]);
    await client.runAction(actions.find((one) => one.title.startsWith('joule: Try again with gemma3:27b')));
    assert.ok(appended.some((event) => (event as { retried?: boolean }).retried === true));
    await close();
  });

  it('can be dismissed, which the ledger keeps', async () => {
    const { client, appended, close } = await open();
    const range = at(1, 6);
    const diagnostics = [...(await client.waitForDiagnostics(uri, (notes) => notes.length > 0))];
    const actions = await client.codeActions(uri, range, { diagnostics, only: ['quickfix'] });
    assert.deepEqual(
      actions.map((one) => one.title),
      ['joule: Dismiss the receipt'],
    );
    await client.runAction(actions[0]);
    assert.match(JSON.stringify(appended), /"outcome":"dismissed"/);
    await close();
  });
});

describe('hover', () => {
  const content = async (session: ScriptedSession, line: number): Promise<string | undefined> => {
    const answer = await session.client.hover(uri, { line, character: 6 });
    return (answer?.contents as MarkupContent | undefined)?.value;
  };

  it('is where the setting says', async () => {
    for (const [hover, lines] of [
      ['declaration', [1]],
      ['region', [1, 2]],
      ['off', []],
    ] as const) {
      const session = await open({ hover });
      const shown = [];
      for (const line of [0, 1, 2, 3, 4]) if ((await content(session, line)) !== undefined) shown.push(line);
      assert.deepEqual(shown, lines, hover);
      await session.close();
    }
  });

  it('is plain text where no Markdown is offered', async () => {
    const capabilities = {
      ...fullCapabilities,
      textDocument: { ...fullCapabilities.textDocument, hover: { contentFormat: ['plaintext' as const] } },
    };
    const session = await open({}, {}, { capabilities });
    const value = await content(session, 1);
    assert.match(value ?? '', /^joule · implement, direct · 61 J/);
    assert.ok(!value?.includes('**'));
    await session.close();
  });
});

describe('receipts in words', () => {
  const totals = {
    file: measured(61),
    today: measured(1234),
    lastHour: measured(61),
    receiptsToday: 7,
    unmeasuredCallsInFile: 0,
    unmeasuredCallsToday: 2,
  };

  it('say everything in short lines', () => {
    assert.deepEqual(hoverLines({ receipt: receipt(), totals, saving: 'at least 40 % under gemma3:27b, predicted' }), [
      'joule · implement, direct · 61 J ±2 % (GPU 50, CPU 11) · 4.0 s',
      'small task',
      'worker gemma3:4b · 118 tok · 61 J',
      'tokens: 400 in (100 cached), 118 out',
      'gross: 61 J ±2 %, whole machine while it ran: GPU, CPU',
      'net of idle power: 49 J ±2 %',
      'checked by syntax and names, not executed',
      '15 W on average, 517 mJ per output token',
      'at least 40 % under gemma3:27b, predicted',
      'as much as a 10 W LED lamp for 6.1 s',
      'this file: 61 J ±2 % · today: at least 1.23 kJ in 7 answers',
    ]);
  });

  it('say grams of carbon only for a country that was set, with the grid they rest on', () => {
    const lines = (country: string | undefined): string =>
      hoverLines({ receipt: receipt(), totals, saving: undefined, country }).join('\n');
    assert.doesNotMatch(lines(undefined), /CO₂e/);
    assert.match(lines('DEU'), /\d+ mg CO₂e by the grid of DEU \(381 g\/kWh, 2023, Ember/);
  });

  it('say nothing of loading where the model was in memory', () => {
    const loading = { ...sampleCall().joules, load: { ...measured(0), plusMinusJoules: 0 } };
    const folded = foldReceipt([callEvent({ call: sampleCall({ joules: loading }) }), outcomeEvent({ verdict: 'ok' })]);
    assert.ok(folded);
    assert.doesNotMatch(hoverLines({ receipt: folded, totals, saving: undefined }).join('\n'), /loading/);
  });

  it('set what was predicted beside what came, and loading apart', () => {
    const loading = { ...sampleCall().joules, load: measured(20) };
    const predicted = { status: 'estimated', joules: 40, plusMinusJoules: 10, scope: 'machine', coverage: [] } as const;
    const folded = foldReceipt([
      callEvent({ call: sampleCall({ joules: loading }) }),
      outcomeEvent({ predicted, verdict: 'failed' }),
    ]);
    assert.ok(folded);
    const lines = hoverLines({ receipt: folded, totals, saving: undefined });
    for (const line of [
      'of that: loading 20 J ±2 %',
      'predicted before, without loading: 30 J to 50 J',
      'did not pass its checks',
    ])
      assert.ok(lines.includes(line), `${line} is not in\n${lines.join('\n')}`);
  });

  it('part prompt from answer, per token of each, and name the idle power that net leaves out', () => {
    const idle = { kind: 'warm', watts: 31.2, plusMinusWatts: 4, ageSeconds: 130 } as const;
    const parted = { ...sampleCall().joules, prefill: measured(15), decode: measured(46), idle };
    const folded = foldReceipt([callEvent({ call: sampleCall({ joules: parted }) }), outcomeEvent()]);
    assert.ok(folded);
    const lines = hoverLines({ receipt: folded, totals, saving: undefined });
    for (const line of [
      'net of idle power: 49 J ±2 %, idle at 31 W ±4 W with a model in memory, 2 min old',
      'of that: prompt 15 J ±2 % (50 mJ per token read), answer 46 J ±2 % (390 mJ per token)',
    ])
      assert.ok(lines.includes(line), `${line} is not in\n${lines.join('\n')}`);
  });

  it('say why a figure does not exist, and never a zero', () => {
    const unknown = { status: 'unknown', why: 'no counter', mend: 'joule-ls doctor' } as const;
    const energy = { gross: unknown, net: unknown, bySource: [], flags: ['the GPU slept'] };
    const lines = hoverLines({ receipt: receipt({ joules: energy }), totals, saving: undefined });
    assert.match(lines[0] ?? '', /energy unknown · 4\.0 s · 118 tok$/);
    for (const line of ['gross: unknown: no counter', 'to change that: joule-ls doctor', 'the GPU slept'])
      assert.ok(lines.includes(line), line);
    assert.ok(!lines.some((line) => /\b0 J/.test(line)));
  });

  it('show a model name as text, whatever is in it', () => {
    const evil = receipt({ model: '[click](http://evil) **x** <img src=x>\n# y' });
    const shown = hoverMarkdown({ receipt: evil, totals, saving: undefined });
    assert.ok(!/(?<!\\)\]\(/.test(shown), shown);
    assert.ok(!/<img/.test(shown.replaceAll('\\<', '')), shown);
    assert.ok(!/^# y/m.test(shown), shown);
  });

  it('say that nothing was called when nothing was', () => {
    const folded = foldReceipt([outcomeEvent({ outcome: 'failed' })]);
    assert.ok(folded);
    assert.equal(receiptLine(folded), 'no model was called');
  });
});

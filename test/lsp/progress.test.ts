// Progress: begin and end in balance whatever happens in between, never more than twice a second.

import assert from 'node:assert/strict';
import type { Client } from '../../server/lsp/client.ts';
import { createProgress, type Progress } from '../../server/lsp/progress.ts';
import { ManualClock } from '../support/manual-clock.ts';

interface Sent {
  readonly kind: string;
  readonly message?: string;
  readonly at: number;
}

function start(options: { agree?: boolean; paints?: boolean } = {}): {
  progress: Progress;
  sent: Sent[];
  messages: string[];
  clock: ManualClock;
  agree(): Promise<void>;
} {
  const clock = new ManualClock(0n);
  const sent: Sent[] = [];
  const messages: string[] = [];
  let answer: (agreed: boolean) => void = () => {};
  const client = {
    paintsProgress: options.paints ?? true,
    message: (_kind: string, text: string) => messages.push(text),
    createProgress: () =>
      new Promise<boolean>((resolve) => {
        answer = resolve;
      }),
    progress: (_token: string, value: { kind: string; message?: string }) =>
      sent.push({ ...value, at: Number(clock.nowNanoseconds()) / 1e6 }),
  } as unknown as Client;
  return {
    progress: createProgress(client, clock),
    sent,
    messages,
    clock,
    async agree() {
      answer(options.agree ?? true);
      await clock.advanceAndSettle(0);
    },
  };
}

describe('progress', () => {
  it('cancels a job whose button was pressed before its bar began', () => {
    const { progress } = start();
    let cancelled = 0;
    progress.cancelled('joule/1');
    progress.begin(
      'joule/1',
      () => 'late',
      () => cancelled++,
    );
    assert.equal(cancelled, 1);
    progress.cancelled('joule/1');
    assert.equal(cancelled, 2);
  });

  it('begins when the client agrees, with the title and message of that moment', async () => {
    const { progress, sent, agree } = start();
    let title = 'early';
    const bar = progress.begin(
      't',
      () => title,
      () => {},
    );
    bar.report('one');
    bar.report('two');
    title = 'late';
    await agree();
    bar.end('done');
    assert.deepEqual(
      sent.map(({ kind, message }) => [kind, message]),
      [
        ['begin', 'two'],
        ['end', 'done'],
      ],
    );
    assert.equal((sent[0] as unknown as { title: string }).title, 'late');
  });

  it('reports at most twice a second, the newest last', async () => {
    const { progress, sent, clock, agree } = start();
    const bar = progress.begin(
      't',
      () => 'title',
      () => {},
    );
    await agree();
    for (let step = 0; step < 100; step++) {
      bar.report(`step ${step}`);
      await clock.advanceAndSettle(37);
    }
    await clock.advanceAndSettle(500);
    bar.end('end');
    const reports = sent.filter((one) => one.kind === 'report');
    for (const [index, report] of reports.entries()) {
      assert.ok(index === 0 || report.at - (reports[index - 1]?.at ?? 0) >= 500);
    }
    assert.ok(reports.length >= 7 && reports.length <= 8, String(reports.length));
    assert.equal(reports.at(-1)?.message, 'step 99');
  });

  it('ends what the client only then agrees to', async () => {
    const { progress, sent, agree } = start();
    const bar = progress.begin(
      't',
      () => 'title',
      () => {},
    );
    bar.end('gone already');
    await agree();
    assert.deepEqual(
      sent.map((one) => one.kind),
      ['begin', 'end'],
    );
  });

  it('says nothing more after the end, and ends once', async () => {
    const { progress, sent, clock, agree } = start();
    const bar = progress.begin(
      't',
      () => 'title',
      () => {},
    );
    await agree();
    bar.report('pending');
    bar.end('done');
    bar.end('again');
    bar.report('late');
    await clock.advanceAndSettle(2000);
    assert.deepEqual(
      sent.map((one) => one.kind),
      ['begin', 'end'],
    );
  });

  it('sends nothing to a client that wants none', async () => {
    const { progress, sent, agree } = start({ agree: false });
    const bar = progress.begin(
      't',
      () => 'title',
      () => {},
    );
    await agree();
    bar.report('x');
    bar.end('y');
    assert.deepEqual(sent, []);
  });

  it('passes the cancel button on while it runs', async () => {
    const { progress, agree } = start();
    let cancelled = 0;
    const bar = progress.begin(
      't',
      () => 'title',
      () => {
        cancelled++;
      },
    );
    await agree();
    progress.cancelled('t');
    progress.cancelled('another');
    bar.end('cancelled');
    progress.cancelled('t');
    assert.equal(cancelled, 1);
  });
});

// A ledger of made-up answers, as large as is asked for, in the form that our writers give it: for benchmarks and for looking at.

import { closeSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import type { CallEnergy } from '../../server/energy/joules.ts';
import type { ModelCall, Role } from '../../server/gateway/model-call.ts';
import type { LedgerEvent, OutcomeEvent, ReceiptOutcome } from '../../server/ledger/events.ts';
import { monthFile } from '../../server/ledger/files.ts';
import { lineOf } from '../../server/ledger/line-of.ts';
import { seeded } from '../bench/statistics.ts';
import { energyOf, measured, sampleCall } from './sample-events.ts';

/** 2026-01-01T00:00:00Z */
const newYear = Date.UTC(2026, 0, 1);
/** Over which the answers are spread, evenly. */
const days = 300;

/** @returns bytes written, over ten months. */
export function writeSampleLedger(directory: string, events: number): number {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const random = seeded(17);
  const files = new Map<string, { readonly descriptor: number; lines: string[] }>();
  let [bytes, written] = [0, 0];
  const drain = (file: { readonly descriptor: number; lines: string[] }): void => {
    bytes += writeSync(file.descriptor, file.lines.join(''));
    file.lines = [];
  };
  for (let answer = 0; written < events; answer++) {
    const at = newYear + (written / events) * days * 86_400_000;
    for (const event of eventsOf(answer, at, random).slice(0, events - written)) {
      const name = monthFile(event.at);
      const file = files.get(name) ?? { descriptor: openSync(join(directory, name), 'a', 0o600), lines: [] };
      files.set(name, file);
      file.lines.push(`${lineOf(event)}\n`);
      written++;
      if (file.lines.length >= 1_000) drain(file);
    }
  }
  for (const file of files.values()) {
    drain(file);
    closeSync(file.descriptor);
  }
  return bytes;
}

function eventsOf(answer: number, at: number, random: () => number): LedgerEvent[] {
  const receiptId = `0f8fad5b-d9cb-469f-a165-${String(answer).padStart(12, '0')}`;
  const path = `/home/someone/project/source/module-${Math.floor(random() * 200)}.py`;
  const head = { schema: 1 as const, at: new Date(at).toISOString(), receiptId, path };
  const call = (index: number, role: Role): LedgerEvent => ({
    ...head,
    kind: 'call',
    actionId: role === 'completion' ? 'completion' : 'implement',
    call: callOf(`${receiptId}-${index}`, role, at + index * 4_000, random),
  });
  if (answer % 10 !== 9) return [call(0, 'completion'), { ...head, ...completionOutcome(random) }];
  return [call(0, 'planner'), call(1, 'worker'), call(2, 'worker'), { ...head, ...jobOutcome(path, random) }];
}

function callOf(id: string, role: Role, atWallMilliseconds: number, random: () => number): ModelCall {
  const [gpu, cpu, out] = [random() * 60, random() * 20, Math.floor(random() * 200)];
  const gross = gpu + cpu;
  const joules: CallEnergy = {
    gross: measured(gross),
    net: measured(gross * 0.8),
    prefill: measured(gross * 0.2),
    decode: measured(gross * 0.8),
    idle: { kind: 'warm', watts: 20 + random(), plusMinusWatts: 1.5, ageSeconds: random() * 900 },
    bySource: energyOf(gpu, cpu).bySource,
    flags: [],
  };
  const seconds = { total: out / 40, queue: 0, load: 0, prefill: 0.05, decode: out / 40, source: 'engine' } as const;
  return sampleCall({
    id,
    role,
    model: role === 'planner' ? 'gemma3:12b' : 'gemma3:4b',
    digest: `sha256:${'0123456789abcdef'.repeat(4)}`,
    atWallMilliseconds: Math.floor(atWallMilliseconds),
    tokens: { in: Math.floor(random() * 900), cached: 100, out },
    seconds,
    joules,
  });
}

type Rest = Omit<OutcomeEvent, 'schema' | 'at' | 'receiptId' | 'path'>;

function completionOutcome(random: () => number): Rest {
  const outcomes: readonly ReceiptOutcome[] = ['accepted', 'dismissed', 'superseded', 'cancelled'];
  return {
    kind: 'outcome',
    actionId: 'completion',
    outcome: outcomes[Math.floor(random() * outcomes.length)] ?? 'dismissed',
    regions: [],
    verdict: 'none',
    evidence: {
      invoked: 0,
      previousAccepted: 1,
      lineLength: 12,
      documentShare: random(),
      predictedJoules: 4,
      meanLogProbability: -random(),
    },
  };
}

function jobOutcome(path: string, random: () => number): Rest {
  return {
    kind: 'outcome',
    actionId: 'implement',
    outcome: random() < 0.8 ? 'accepted' : 'undone',
    verdict: 'ok',
    regions: [
      {
        path,
        hash: 'a'.repeat(64),
        length: 400,
        lineCount: 12,
        firstLine: 30,
        firstLineHash: 'b'.repeat(64),
        firstLineLength: 20,
      },
    ],
    strategy: random() < 0.5 ? 'split' : 'outline',
    why: 'several definitions are asked for',
    predicted: measured(180),
    environment: { server: '0.1.0', node: '20.20.2', platform: 'linux-x64', devices: ['a card', 'a package'] },
  };
}

// Model calls and ledger events with every field filled in, for tests that care about one or two of them.

import type { CallEnergy, Joules } from '../../server/energy/joules.ts';
import type { ModelCall } from '../../server/gateway/model-call.ts';
import type { CallEvent, OutcomeEvent } from '../../server/ledger/events.ts';

/** 2026-11-20T10:00:00Z */
export const morning = Date.UTC(2026, 10, 20, 10);

export function measured(joules: number, plusMinusJoules = joules * 0.02): Joules {
  return { status: 'measured', joules, plusMinusJoules, scope: 'machine', coverage: ['gpu', 'package'] };
}

export function energyOf(gpu: number, cpu: number): CallEnergy {
  return {
    gross: measured(gpu + cpu),
    net: measured((gpu + cpu) * 0.8),
    bySource: [
      { sourceId: 'nvml:GPU-1', domain: 'gpu', joules: measured(gpu) },
      { sourceId: 'rapl:package-0', domain: 'package', joules: measured(cpu) },
    ],
    flags: [],
  };
}

export function sampleCall(fields: Partial<ModelCall> = {}): ModelCall {
  return {
    id: 'call-1',
    role: 'worker',
    engine: 'ollama',
    engineVersion: '0.12.0',
    model: 'gemma3:4b',
    digest: 'sha256:1',
    atWallMilliseconds: morning,
    tokens: { in: 400, cached: 100, out: 118 },
    seconds: { total: 4, queue: 0, load: 0.5, prefill: 0.5, decode: 3, source: 'engine' },
    joules: energyOf(50, 11),
    sampling: { temperature: 0.1, topP: 0.95, seed: 7 },
    outcome: 'completed',
    ...fields,
  };
}

export function callEvent(fields: Partial<CallEvent> = {}): CallEvent {
  return {
    schema: 1,
    kind: 'call',
    at: new Date(morning + 4_000).toISOString(),
    receiptId: 'job-1',
    actionId: 'implement',
    path: '/project/words.py',
    call: sampleCall(),
    ...fields,
  };
}

export function outcomeEvent(fields: Partial<OutcomeEvent> = {}): OutcomeEvent {
  return {
    schema: 1,
    kind: 'outcome',
    at: new Date(morning + 5_000).toISOString(),
    receiptId: 'job-1',
    actionId: 'implement',
    path: '/project/words.py',
    outcome: 'accepted',
    strategy: 'direct',
    why: 'small task',
    verdict: 'ok',
    regions: [],
    ...fields,
  };
}

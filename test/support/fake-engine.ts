// An engine in memory for tests of the gateway and of what stands on it: answers by script, keeps what it was asked, and knows
// how many it served at once. And a meter that only writes down what it was told.

import type { CallEnergy, Joules } from '../../server/energy/joules.ts';
import type { CallFacts, CounterView, Edge, EnergyMeter } from '../../server/energy/port.ts';
import type {
  Engine,
  EngineChunk,
  EngineState,
  EngineUsage,
  GenerateRequest,
  ModelProfile,
} from '../../server/models/engine.ts';

export function profileNamed(name: string, more: Partial<ModelProfile> = {}): ModelProfile {
  return {
    name,
    engineId: 'fake',
    digest: `digest of ${name}`,
    family: name.split(':')[0] ?? name,
    parameters: 4e9,
    activeParameters: 4e9,
    bitsPerWeight: 4,
    weightBytes: 2e9,
    contextLength: 32_768,
    canInfill: false,
    canThink: false,
    canGenerate: true,
    ...more,
  };
}

export interface FakeEngineOptions {
  readonly id?: string;
  readonly slots?: number;
  readonly models?: readonly ModelProfile[];
  readonly state?: () => Promise<EngineState>;
  /** Yields the chunks of an answer; what it throws, the engine throws. */
  readonly answer: (request: GenerateRequest, index: number, signal: AbortSignal) => AsyncIterable<EngineChunk>;
}

export interface FakeEngine extends Engine {
  readonly requests: GenerateRequest[];
  /** Most requests served at the same time. */
  readonly mostAtOnce: () => number;
  /** Indexes of requests in the order in which they began. */
  readonly order: number[];
  stateCalls: number;
}

export function createFakeEngine(options: FakeEngineOptions): FakeEngine {
  const requests: GenerateRequest[] = [];
  const order: number[] = [];
  let serving = 0;
  let most = 0;
  const engine: FakeEngine = {
    id: options.id ?? 'fake',
    requests,
    order,
    stateCalls: 0,
    mostAtOnce: () => most,
    state: async () => {
      engine.stateCalls++;
      if (options.state !== undefined) return options.state();
      return {
        version: 'fake 1',
        slots: options.slots ?? 1,
        models: options.models ?? [profileNamed('gemma3:4b')],
        locality: { where: 'this-machine', how: 'declared' },
      };
    },
    async *generate(request, signal) {
      const index = requests.length;
      requests.push(request);
      order.push(index);
      serving++;
      most = Math.max(most, serving);
      try {
        for await (const chunk of options.answer(request, index, signal)) {
          signal.throwIfAborted();
          yield chunk;
        }
      } finally {
        serving--;
      }
    },
    close: async () => {},
  };
  return engine;
}

/** Text in pieces, then done. */
export async function* answering(pieces: readonly string[], usage: EngineUsage = {}): AsyncGenerator<EngineChunk> {
  for (const text of pieces) yield { kind: 'text', text, tokens: 1 };
  yield { kind: 'done', reason: 'stop', usage };
}

/** Fails before anything came. */
export function failing(error: Error): AsyncIterable<EngineChunk> {
  return { [Symbol.asyncIterator]: () => ({ next: () => Promise.reject(error) }) };
}

/** What a meter was told of one call. */
export interface MeteredLog {
  readonly view: CounterView;
  readonly edges: Edge[];
  samples: number;
  facts: CallFacts | undefined;
}

export interface RecordingMeter extends EnergyMeter {
  readonly calls: MeteredLog[];
  /** Whether another server of this user is said to have calls too. */
  neighbours: boolean;
}

/** Figures are simulated: a joule per token. */
export function recordingMeter(): RecordingMeter {
  const calls: MeteredLog[] = [];
  const meter: RecordingMeter = {
    calls,
    neighbours: false,
    begin(view) {
      const call: MeteredLog = { view, edges: [], samples: 0, facts: undefined };
      calls.push(call);
      return {
        mark: async (edge) => void call.edges.push(edge),
        sample: async () => {
          call.samples++;
          return simulatedJoules(call.samples);
        },
        finish: async (facts): Promise<CallEnergy> => {
          call.facts = facts;
          const figure = simulatedJoules(facts.tokensOut);
          return { gross: figure, net: figure, bySource: [], flags: [] };
        },
        hadNeighbours: () => meter.neighbours,
      };
    },
    inventory: async () => ({ sources: [], missing: [], sharing: { shared: false, why: 'a test' } }),
    close: async () => {},
  };
  return meter;
}

export function simulatedJoules(joules: number): Joules {
  return { status: 'simulated', joules, plusMinusJoules: 0, scope: 'device', coverage: ['gpu'] };
}

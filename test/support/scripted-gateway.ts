// A gateway that answers by script: for tests of the pipeline, which sees nothing else of the world.

import type { Joules } from '../../server/energy/joules.ts';
import type { Gateway, ModelAnswer, ModelCall, ModelRequest } from '../../server/gateway/model-call.ts';

/** What the script says: a text, or a text with an outcome other than completed. */
export type ScriptedReply =
  | string
  | {
      readonly text?: string;
      readonly outcome?: ModelCall['outcome'];
      readonly failure?: ModelAnswer['failure'];
      readonly lowestTokenProbability?: number;
      /** No counter was there. */
      readonly unmeasured?: boolean;
    };

export interface ScriptedGateway extends Gateway {
  readonly requests: ModelRequest[];
}

/** @param script sees the request and how many came before it. May wait, for tests of cancelling. */
export function scriptedGateway(
  script: (request: ModelRequest, index: number, signal: AbortSignal) => ScriptedReply | Promise<ScriptedReply>,
): ScriptedGateway {
  const requests: ModelRequest[] = [];
  return {
    requests,
    async call(request, signal) {
      const index = requests.length;
      requests.push(request);
      const said = await script(request, index, signal);
      const reply = typeof said === 'string' ? { text: said } : said;
      const text = reply.text ?? '';
      const outcome = signal.aborted ? 'cancelled' : (reply.outcome ?? (reply.failure ? 'failed' : 'completed'));
      const tokensOut = Math.ceil(text.length / 4);
      const joules: Joules = reply.unmeasured
        ? { status: 'unknown', why: 'no counter' }
        : {
            status: 'simulated',
            joules: tokensOut,
            plusMinusJoules: 1,
            scope: 'device',
            coverage: ['gpu'],
          };
      return {
        text,
        ...(reply.failure ? { failure: reply.failure } : {}),
        call: {
          id: `call-${index}`,
          role: request.role,
          engine: request.model.engineId,
          engineVersion: 'scripted',
          model: request.model.model,
          digest: `digest of ${request.model.model}`,
          atWallMilliseconds: 0,
          tokens: { in: 10, cached: 0, out: tokensOut },
          seconds: { total: 1, queue: 0, load: 0, prefill: 0.2, decode: 0.8, source: 'clock' },
          joules: { gross: joules, net: joules, bySource: [], flags: [] },
          sampling: request.sampling,
          outcome,
          ...(reply.lowestTokenProbability === undefined
            ? {}
            : { lowestTokenProbability: reply.lowestTokenProbability }),
        },
      };
    },
  };
}

/** The words of a request, whatever its form. */
export function promptText(request: ModelRequest): string {
  const { prompt } = request;
  if (prompt.kind === 'chat') return prompt.messages.map((message) => message.content).join('\n');
  return prompt.kind === 'raw' ? prompt.text : `${prompt.prefix}${prompt.suffix}`;
}

// A trial session that starts with its first use, and the question whether a way of working answers at all, which warms it up too.

import { startTrialSession, type TrialSession } from './session.ts';

export interface SessionOnce {
  readonly session: () => Promise<TrialSession>;
  readonly close: () => Promise<void>;
}

/** @param seed of all answers; undefined draws one for each job, as repeats of the same question need it. */
export function createTrialSessionOnce(env: NodeJS.ProcessEnv, folder: string, seed: number | undefined): SessionOnce {
  let starting: Promise<TrialSession> | undefined;
  return {
    session() {
      starting ??= startTrialSession(env, folder, { strategy: 'auto', ...(seed === undefined ? {} : { seed }) });
      return starting;
    },
    async close() {
      await (await starting)?.close();
    },
  };
}

const warmUpText = 'def add(a, b):\n    """Sum of a and b."""\n    pass\n';

/**
 * One small answer, right or wrong. @returns why there was none: no engine, no such model, no job.
 */
export async function whyNoAnswer(
  session: TrialSession,
  { strategy, model }: { readonly strategy: string; readonly model: string | undefined },
  signal: AbortSignal,
): Promise<string | undefined> {
  const acted = await session.act(
    {
      actionId: 'implement',
      fileName: `warm_up_${[strategy, model].join('_').replace(/\W+/g, '_')}.py`,
      languageId: 'python',
      text: warmUpText,
      position: { line: 0, character: 4 },
      ...(strategy === 'auto' ? {} : { strategy }),
      ...(model === undefined ? {} : { model }),
    },
    signal,
  );
  const calls = acted.receipt?.calls ?? [];
  if (calls.some(({ outcome }) => outcome !== 'failed')) return undefined;
  return calls.find(({ why }) => why !== undefined)?.why ?? acted.said.at(-1) ?? 'no model answers here';
}

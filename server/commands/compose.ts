// Builds all parts of a session and wires them: the only place that knows every room. Loaded when the first document is opened.

import { randomUUID } from 'node:crypto';
import { runsOnBattery } from '../../native-bindings/power-supply.ts';
import { defaultRoots } from '../../native-bindings/roots.ts';
import { actions } from '../actions/index.ts';
import type { Clock } from '../base/clock.ts';
import type { Log } from '../base/log.ts';
import { createGateway } from '../gateway/gateway.ts';
import { createJobs } from '../jobs/jobs.ts';
import { createHabits } from '../ledger/habits.ts';
import { openLedger } from '../ledger/ledger.ts';
import type { CoreHost, Parts } from '../lsp/core.ts';
import type { RunPipeline } from '../pipeline/port.ts';
import { createSandbox } from '../sandbox/sandbox.ts';
import { createSyntax } from '../syntax/syntax.ts';
import { composeCompletions } from './completions.ts';
import { createEngineRoom } from './engine-room.ts';
import { createEnvironment } from './environment.ts';
import { createForesight } from './foresight.ts';
import { openMeters } from './open-meters.ts';
import { createOutlook } from './outlook.ts';
import { readOwnerConfiguration } from './owner-settings.ts';
import { placesFrom } from './places.ts';
import { createPreparation } from './preparation.ts';
import { pullModel } from './pull-model.ts';

export interface Surroundings {
  readonly env: NodeJS.ProcessEnv;
  readonly clock: Clock;
  readonly log: Log;
}

/** Days of the ledger from which predictions are learned at the start. */
const learningDays = 62;
const millisecondsPerDay = 86_400_000;

/** Opens no counter, no socket and no ledger file by itself: each room does with its first use. */
export async function composeParts({ env, clock, log }: Surroundings, host: CoreHost): Promise<Parts> {
  const places = placesFrom(env);
  const { owner, problems } = await readOwnerConfiguration(places.configFile);
  for (const problem of problems) log.warn({}, problem);
  const over = new AbortController();

  const rooms = createEngineRoom({ env, owner, clock, log });
  const outlook = createOutlook(rooms.last, () => host.settings().strategy);
  const meter = openMeters({ env, owner, places, clock, log });
  const environment = createEnvironment(meter);
  const gateway = createGateway({
    engines: rooms.engine,
    meter,
    clock,
    log,
    keepAliveSeconds: () => host.settings().keepAliveSeconds,
  });
  const sandbox = createSandbox({ clock, hidden: places.privateFolders, readable: owner.sandbox.readable });
  const syntax = createSyntax({ log, clock });
  const stateDirectory = owner.ledgerDirectory ?? places.ledgerDirectory;
  const ledger = openLedger({
    directory: stateDirectory,
    enabled: () => host.settings().ledger === 'on',
    clock,
    log,
  });
  const habits = createHabits();
  const foresight = createForesight({
    predict: outlook.interval,
    reloadJoules: habits.reloadJoules,
    wallMilliseconds: () => clock.wallMilliseconds(),
  });
  const learned = () => {
    const receipts = ledger.receiptsSince(clock.wallMilliseconds() - learningDays * millisecondsPerDay);
    foresight.learn(receipts);
    habits.observe(receipts);
    return { forecast: foresight.forecast, habits: habits.of };
  };
  const runPipeline: RunPipeline = async (...call) => (await import('../pipeline/run.ts')).runPipeline(...call);
  const prepare = createPreparation({
    rooms,
    gateway,
    syntax,
    clock,
    settings: host.settings,
    environment,
    learned,
    price: outlook.price,
    ledger,
    sandbox,
    owner,
  });
  const jobs = createJobs({
    editor: host.editor,
    prepare,
    runPipeline,
    syntax,
    ledger,
    clock,
    log,
    newId: randomUUID,
    slots: rooms.slots,
    environment: environment.known,
    budget: () => host.settings().budget,
    expected: ({ tokens, dependencies: { roles, settings } }) => outlook.expected(tokens, roles, settings.strategy),
  });
  const completions = composeCompletions({
    rooms,
    gateway,
    ledger,
    prepare,
    runPipeline,
    clock,
    log,
    settings: host.settings,
    price: outlook.price,
    stateDirectory,
    runsOnBattery: () => runsOnBattery(defaultRoots(env).sys),
    observe: (_of, call) => outlook.observe(call),
  });
  jobs.subscribe((job, event) => {
    if (event.kind === 'pipeline' && event.event.kind === 'call') outlook.observe(event.event.call);
    for (const check of event.kind === 'pipeline' && event.event.kind === 'verdict' ? event.event.verdict.checks : [])
      if (check.status === 'not-executed')
        log.info({ jobId: job.id, check: check.name, why: check.evidence }, 'not executed');
    const receipt = event.kind === 'ended' ? ledger.receipt(job.id) : undefined;
    if (receipt !== undefined) outlook.settle(receipt);
  });

  /** In the background, so that the first titles can say what an answer will take. */
  async function learnFromThePast(): Promise<void> {
    await Promise.all([rooms.survey(host.settings(), over.signal), ledger.ready()]);
    const since = clock.wallMilliseconds() - learningDays * millisecondsPerDay;
    for (const receipt of ledger.receiptsSince(since)) {
      for (const call of receipt.calls) outlook.observe(call);
      outlook.settle(receipt);
    }
  }
  learnFromThePast().catch((error: unknown) => log.info({ error: String(error) }, 'no predictions yet'));

  return {
    actions,
    jobs,
    ledger,
    syntax,
    completions,
    notAskedToday: completions.notAskedToday,
    outlook,
    pull: (model, onProgress, signal) => pullModel(rooms, { model, onProgress, settings: host.settings() }, signal),
    async report() {
      await ledger.flush();
      return (await import('./session-report.ts')).writeSessionReport({
        stateDirectory,
        settings: host.settings(),
        survey: rooms.last(),
        clock,
        signal: over.signal,
      });
    },
    async close() {
      over.abort();
      await Promise.all([jobs.close(), completions.close()]);
      await Promise.allSettled([rooms.close(), syntax.close(), meter.close(), ledger.close()]);
    },
  };
}

// Plays one scenario of the table: counters and calls by script, on a clock turned by hand, through the real meter.

import { silentLog } from '../../server/base/log.ts';
import type { CallEnergy } from '../../server/energy/joules.ts';
import { type AuditedMeter, createMeter } from '../../server/energy/meter.ts';
import type { CallFacts, CounterView, MeteredCall } from '../../server/energy/port.ts';
import { makeEdgeBoards } from './edge-boards.ts';
import { ManualClock } from './manual-clock.ts';
import { type MachineSpec, makeMachine, putFile } from './powercap-tree.ts';
import { type CounterSpec, ScriptedCounter } from './scripted-counter.ts';

/** What the engine says at the end, in seconds; `silent`: nothing. */
export interface Said {
  readonly queue?: number;
  readonly load?: number;
  readonly silent?: boolean;
  readonly keepAlive?: number;
}

/** `[milliseconds, what, on what, with what]`; equal times happen in the order written. */
export type Step =
  | readonly [number, 'sent' | 'token' | 'sample', string]
  | readonly [number, 'done', string, Said?]
  | readonly [number, 'add', string, number]
  | readonly [number, 'show', string, bigint]
  | readonly [number, 'fail', string, NonNullable<ScriptedCounter['failure']>]
  | readonly [number, 'mend', string]
  | readonly [number, 'delay', string, number]
  | readonly [number, 'zone', string, bigint | string]
  | readonly [number, 'work', number, number]
  | readonly [number, 'sleep', number]
  | readonly [number, 'die', number];

export interface Script {
  readonly counters?: Readonly<Record<string, CounterSpec>>;
  /** A tree of files instead, read by the real openers. */
  readonly machine?: MachineSpec;
  readonly steps: readonly Step[];
  /** How a call's engine is seen; default: by every counter. A call's name begins with its server's number if that is not 0. */
  readonly views?: Readonly<Record<string, CounterView>>;
}

export interface Played {
  readonly energies: ReadonlyMap<string, CallEnergy>;
  readonly meters: readonly AuditedMeter[];
}

export async function playScript(script: Script): Promise<Played> {
  const clock = new ManualClock();
  const machine = makeMachine(script.machine);
  const counters = new Map(
    Object.entries(script.counters ?? {}).map(([id, spec]) => [id, new ScriptedCounter(clock, id, spec)]),
  );
  const missing = [
    { sourceId: 'rapl', reason: 'no-permission', why: 'only root may read it', mend: 'a udev rule' },
  ] as const;
  const servers = makeEdgeBoards(2, clock).map(({ board, die }) => ({
    die,
    meter: createMeter({
      roots: machine.roots,
      clock,
      log: silentLog,
      edges: board,
      ...(script.machine === undefined
        ? {
            open: async () => ({
              sources: [...counters.values()].map((counter) => counter.open()),
              missing: counters.size === 0 ? [...missing] : [],
            }),
          }
        : {}),
    }),
  }));
  const calls = new Map<string, MeteredCall>();
  const energies = new Map<string, CallEnergy>();
  const waiting: Promise<unknown>[] = [];

  const begin = (name: string): MeteredCall => {
    const server = servers[/^\d/.test(name) ? Number(name[0]) : 0];
    const call = calls.get(name) ?? server?.meter.begin(script.views?.[name] ?? { seen: true });
    if (call === undefined) throw new Error(`there is no server for ${name}`);
    calls.set(name, call);
    return call;
  };
  const finish = async (name: string, said: Said): Promise<void> => {
    const call = begin(name);
    await call.mark('done');
    energies.set(name, await call.finish(toFacts(said)));
  };
  const counter = (name: string): ScriptedCounter => {
    const found = counters.get(name);
    if (found === undefined) throw new Error(`there is no counter ${name}`);
    return found;
  };
  const run = (step: Step): Promise<unknown> | undefined => {
    switch (step[1]) {
      case 'sent':
        return begin(step[2]).mark('sent');
      case 'token':
        return begin(step[2]).mark('first-token');
      case 'sample':
        return begin(step[2]).sample();
      case 'done':
        return finish(step[2], step[3] ?? {});
      case 'add':
        return void counter(step[2]).add(step[3]);
      case 'show':
        return void counter(step[2]).show(step[3]);
      case 'fail':
        counter(step[2]).failure = step[3];
        return undefined;
      case 'mend':
        counter(step[2]).failure = undefined;
        return undefined;
      case 'delay':
        counter(step[2]).delayMilliseconds = step[3];
        return undefined;
      case 'zone':
        return void machine.set(step[2], step[3]);
      case 'work':
        return void putFile(`${machine.roots.proc}/${step[2]}/stat`, statOf(step[2], step[3]));
      case 'sleep':
        return void clock.suspend(step[2]);
      case 'die':
        return void servers[step[2]]?.die();
    }
  };

  // Opening reads real files, in real time, which stands still here.
  if (script.machine !== undefined) await Promise.all(servers.map(({ meter }) => meter.inventory()));
  let now = 0;
  for (const step of script.steps) {
    await clock.advanceAndSettle(step[0] - now);
    now = Math.max(now, step[0]);
    const done = run(step);
    if (done !== undefined) waiting.push(done);
    await clock.advanceAndSettle(0);
  }
  // For counters that hang or answer late.
  await clock.advanceAndSettle(10_000);
  await Promise.all(waiting);
  for (const { meter } of servers) await meter.close();
  return { energies, meters: servers.map(({ meter }) => meter) };
}

function toFacts({ queue = 0, load = 0, silent = false, keepAlive = 300 }: Said): CallFacts {
  return {
    ...(silent ? {} : { engine: { queueSeconds: queue, loadSeconds: load } }),
    tokensIn: 10,
    tokensCached: 0,
    tokensOut: 20,
    activeGigabytes: 1,
    keepAliveSeconds: keepAlive,
  };
}

function statOf(pid: number, ticks: number): string {
  return `${pid} (engine) S 1 1 1 0 -1 0 0 0 0 0 ${ticks} 0 0 0 20 0 1 0\n`;
}

// One meter on another machine, as the owner of this one named it: its counters, and the token counters of the engine it watches.
// Knows settings and kinds; a new kind is one file and one line in `kinds`.

import type { OpenedSources, Unreadable } from '../../../native-bindings/energy-source.ts';
import type { Clock } from '../../base/clock.ts';
import type { RemoteMeterSettings } from '../../settings.ts';
import { readTokens, type TokenCounts } from './engine-tokens.ts';
import type { Endpoint } from './http-get.ts';
import { openPrometheus, type PrometheusOptions } from './prometheus.ts';
import { openZeusd } from './zeusd.ts';

export interface RemoteMeter {
  /** Where it is, for people: `prometheus at 10.0.0.5:9100`. */
  readonly name: string;
  /** Never rejects. */
  open(nowNanoseconds: () => bigint): Promise<OpenedSources>;
  /** Never rejects. Absent when the owner named no page of the engine: all that the machine draws is then the call's. */
  readonly tokens?: () => Promise<TokenCounts | Unreadable>;
}

type Kind = (options: PrometheusOptions, now: () => bigint) => Promise<OpenedSources>;

const kinds: Readonly<Record<RemoteMeterSettings['kind'], Kind>> = {
  prometheus: openPrometheus,
  zeusd: ({ endpoint, clock }, now) => openZeusd(endpoint, clock, now),
};

/** Opens nothing yet. */
export function createRemoteMeter(settings: RemoteMeterSettings, clock: Clock): RemoteMeter {
  const { kind, refreshSeconds, engineMetrics } = settings;
  const endpoint: Endpoint = {
    url: pageOf(settings.url ?? 'http://localhost/'),
    socket: settings.socket,
    token: settings.token,
    name: remoteMeterName(settings),
  };
  const engine = engineMetrics === undefined ? undefined : pageOf(engineMetrics);
  return {
    name: endpoint.name,
    open: (now) => kinds[kind]({ endpoint, clock, refreshSeconds }, now),
    ...(engine === undefined
      ? {}
      : { tokens: () => readTokens({ url: engine, name: `the engine's page at ${engine.host}` }, clock) }),
  };
}

/** Also what the engine's locality and the receipts call it. */
export function remoteMeterName({ kind, url, socket }: RemoteMeterSettings): string {
  return `${kind} at ${socket ?? new URL(url ?? 'http://localhost/').host}`;
}

/** Exporters answer at /metrics unless told otherwise. */
function pageOf(text: string): URL {
  const url = new URL(text);
  if (url.pathname === '/') url.pathname = '/metrics';
  return url;
}

// Whether this machine's counters see an engine: proven by the process that listens, declared by the owner, or neither, with what
// to do about it. That an address is loopback proves nothing: tunnels, containers and WSL end there too.

import type { Locality } from './engine.ts';
import type { Listener } from './proc-listeners.ts';
import { findListeners } from './proc-listeners.ts';

export interface LocalityQuery {
  readonly hostname: string;
  readonly port: number;
  readonly isLoopback: boolean;
  /** The owner's word: whose counters see the engine. It comes before everything else. */
  readonly declared?: 'local' | 'remote' | 'none' | undefined;
  /** Name of the owner's meter on the engine's machine; it counts only for an engine declared `remote`. */
  readonly remoteMeter?: string | undefined;
  /** `/proc`; elsewhere in tests. */
  readonly procRoot?: string | undefined;
  /** Where the owner's words about this engine stand. Default: Ollama's. */
  readonly entry?: OwnerEntry | undefined;
}

/** How to point at an engine's part of config.json. */
export interface OwnerEntry {
  /** `ollama` */
  readonly name: string;
  /** `"ollama": {…}`, with what is to be said instead of the dots. */
  readonly write: (words: string) => string;
}

const ollamaEntry: OwnerEntry = { name: 'ollama', write: (words) => `"ollama": {${words}}` };

/** Executables that answer requests themselves. What forwards them (ssh, docker-proxy, nginx, socat) is not here. */
const engineNames = /^(ollama|llama-server|llamafile)(\.exe)?$/;

const file = '$XDG_CONFIG_HOME/joule-ls/config.json';

function declareLocal(entry: OwnerEntry): string {
  const who = entry.name === 'ollama' ? 'Ollama' : 'it';
  return `when ${who} runs on this machine: set ${entry.write('"meter": "local"')} in ${file}`;
}

function declareRemote(entry: OwnerEntry): string {
  const meter = '"remoteMeter": {"kind": "prometheus", "url": "http://HOST:PORT/metrics"}';
  return `when an exporter runs on that machine: set ${entry.write('"meter": "remote"')} and ${meter} in ${file}`;
}

/** Where the engine runs. Never rejects: what can't be found out is `unproven`, with the reason. */
export async function findLocality(query: LocalityQuery): Promise<Locality> {
  const entry = query.entry ?? ollamaEntry;
  const unproven = (why: string): Locality => ({ where: 'unproven', why, mend: declareLocal(entry) });
  switch (query.declared) {
    case 'local':
      return { where: 'this-machine', how: 'declared' };
    case 'remote':
      return meteredElsewhere(query.remoteMeter, entry);
    case 'none':
      return { where: 'elsewhere', why: `${entry.name}.meter says that nobody counts its joules` };
  }
  if (!query.isLoopback)
    return { where: 'elsewhere', why: `${query.hostname} is not this machine`, mend: declareRemote(entry) };
  const listeners = await findListeners({ ...query, procRoot: query.procRoot ?? '/proc' });
  if (listeners === undefined) return unproven('only Linux tells which process listens on a port');
  if (listeners.length === 0) {
    return unproven(
      `no process of this machine listens on port ${query.port}: it may be a container's, or Windows' under WSL`,
    );
  }
  // With several listeners (IPv4 and IPv6, say) a request may reach any: each has to be an engine.
  const verdicts = listeners.map((listener) => judge(listener, unproven));
  const doubt = verdicts.find((verdict) => verdict.where !== 'this-machine');
  return doubt ?? verdicts[0] ?? unproven('nothing is known of the listener');
}

function judge(listener: Listener, unproven: (why: string) => Locality): Locality {
  if (listener.kind === 'process') {
    if (engineNames.test(listener.name)) return thisMachine(listener.pid);
    return unproven(
      `what listens there is ${listener.name || 'a nameless process'} (process ${listener.pid}), which may pass requests on`,
    );
  }
  // Another user's sockets can't be looked up. But the user of the usual installation runs nothing else than the engine.
  const { userId, userProcesses } = listener;
  const engine = userProcesses.find((process) => engineNames.test(process.name));
  if (engine !== undefined && userProcesses.every((process) => engineNames.test(process.name)))
    return thisMachine(engine.pid);
  const others = engine === undefined ? '' : ', who runs other things than an engine too';
  return unproven(`the process that listens belongs to another user (id ${userId})${others}`);
}

function meteredElsewhere(remoteMeter: string | undefined, entry: OwnerEntry): Locality {
  const why = `${entry.name}.meter says that another machine does the work`;
  if (remoteMeter !== undefined) return { where: 'elsewhere', why, remoteMeter };
  return {
    where: 'elsewhere',
    why: `${why}, and no remoteMeter is set to read its counters`,
    mend: declareRemote(entry),
  };
}

function thisMachine(pid: number): Locality {
  return { where: 'this-machine', how: 'listener-process', pid };
}

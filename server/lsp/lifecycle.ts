// The life of one session by the letter of the protocol: what is refused before `initialize` and after `shutdown`, exit codes,
// and the end when the editor is gone. Knows no feature.

import type { Message, NotificationMessage, RequestMessage } from 'vscode-languageserver/node';
import type { Clock } from '../base/clock.ts';
import { isAlive } from '../base/process-alive.ts';

/** LSP 3.18, "initialize": requests before it get this code. */
const serverNotInitialized = -32002;
/** LSP 3.18, "shutdown": requests after it get this code; so does a second `initialize`. */
const invalidRequest = -32600;

/** How often a living parent is looked at. */
const parentCheckMilliseconds = 3000;

export interface Lifecycle {
  /** Why this message gets no handler: an error for a request, `drop` for a notification; undefined lets it through. */
  refusal(message: Message): { readonly code: number; readonly message: string } | 'drop' | undefined;
  /** True once `shutdown` was asked: `exit` then means success. */
  readonly shutdownReceived: boolean;
}

/** Sees every message once, in order, before its handler does. */
export function createLifecycle(): Lifecycle {
  let phase: 'fresh' | 'open' | 'shut' = 'fresh';

  const refuseRequest = (method: string): { code: number; message: string } | undefined => {
    if (phase === 'shut') return { code: invalidRequest, message: `${method} after shutdown` };
    if (method === 'initialize') {
      if (phase === 'open') return { code: invalidRequest, message: 'initialize was already answered' };
      phase = 'open';
      return undefined;
    }
    if (phase === 'fresh') return { code: serverNotInitialized, message: `${method} before initialize` };
    if (method === 'shutdown') phase = 'shut';
    return undefined;
  };

  return {
    refusal(message) {
      if (isRequest(message)) return refuseRequest(message.method);
      if (isNotification(message) && message.method !== 'exit' && phase !== 'open') return 'drop';
      return undefined;
    },
    get shutdownReceived() {
      return phase === 'shut';
    },
  };
}

/**
 * Calls `onDeath` once the process that started us is gone. A pid that is dead already is another namespace's or another machine's:
 * nothing is watched then.
 */
export function watchParent(pid: number, clock: Clock, onDeath: () => void): void {
  if (!isAlive(pid)) return;
  const look = (): void => {
    if (isAlive(pid)) clock.sleep(parentCheckMilliseconds).then(look, () => {});
    else onDeath();
  };
  clock.sleep(parentCheckMilliseconds).then(look, () => {});
}

function isRequest(message: Message): message is RequestMessage {
  const { method, id } = message as { method?: unknown; id?: unknown };
  return typeof method === 'string' && id !== undefined;
}

function isNotification(message: Message): message is NotificationMessage {
  const { method, id } = message as { method?: unknown; id?: unknown };
  return typeof method === 'string' && id === undefined;
}

// Progress of jobs and downloads as the editor sees it: created by us, cancellable, at most twice a second, and begin and end
// always in balance. Clients that paint none get one message at the start and one at the end. Knows no model and no meter.

import type { ProgressToken } from 'vscode-languageserver/node';
import type { Clock } from '../base/clock.ts';
import { secondsBetween } from '../base/clock.ts';
import type { Client } from './client.ts';

/** Reports closer together than this are merged into the newest. */
const reportSeconds = 0.5;

/** One thing that takes time. */
export interface ProgressBar {
  report(message: string): void;
  /** @param message what became of it, in one line. Later calls do nothing. */
  end(message: string): void;
}

export interface Progress {
  /**
   * Shows a bar as soon as the client has agreed to it. `title` is asked only then: it may be known better by that time.
   * `onCancel` is called when the user presses its button.
   */
  begin(token: string, title: () => string, onCancel: () => void): ProgressBar;
  /** `window/workDoneProgress/cancel` */
  cancelled(token: ProgressToken): void;
}

/** Cancels of unknown tokens that are remembered; more are somebody's mistake. */
const mostEarly = 64;

/** One for the whole session: bars are told apart by their tokens. */
export function createProgress(client: Client, clock: Clock): Progress {
  const cancels = new Map<ProgressToken, () => void>();
  const early = new Set<ProgressToken>();
  return {
    begin(token, title, onCancel) {
      cancels.set(token, onCancel);
      if (early.delete(token)) onCancel();
      if (!client.paintsProgress) client.message('info', title());
      const bar = createBar(client, clock, { token, title });
      return {
        report: (message) => bar.report(message),
        end(message) {
          cancels.delete(token);
          bar.end(message);
        },
      };
    },
    cancelled(token) {
      const cancel = cancels.get(token);
      if (cancel !== undefined) return cancel();
      // A client that knows the token from our answer may be faster than the job's first event.
      if (early.size < mostEarly) early.add(token);
    },
  };
}

function createBar(
  client: Client,
  clock: Clock,
  { token, title }: { token: string; title: () => string },
): ProgressBar {
  let state: 'asked' | 'open' | 'over' = 'asked';
  let latest: string | undefined;
  let last: string | undefined;
  let lastSent: bigint | undefined;
  let waiting = false;

  function send(): void {
    if (state !== 'open' || latest === undefined) return;
    const now = clock.nowNanoseconds();
    const wait = lastSent === undefined ? 0 : reportSeconds - secondsBetween(lastSent, now);
    if (wait > 0) {
      sendLater(wait);
      return;
    }
    client.progress(token, { kind: 'report', message: latest, cancellable: true });
    latest = undefined;
    lastSent = now;
  }
  function sendLater(seconds: number): void {
    if (waiting) return;
    waiting = true;
    clock.sleep(Math.ceil(seconds * 1000)).then(
      () => {
        waiting = false;
        send();
      },
      () => {},
    );
  }

  client.createProgress(token).then(
    (agreed) => {
      if (!agreed) {
        state = 'over';
        return;
      }
      client.progress(token, {
        kind: 'begin',
        title: title(),
        cancellable: true,
        ...(latest === undefined ? {} : { message: latest }),
      });
      latest = undefined;
      lastSent = clock.nowNanoseconds();
      if (last === undefined) state = 'open';
      else client.progress(token, { kind: 'end', message: last });
    },
    () => {},
  );

  return {
    report(message) {
      latest = message;
      send();
    },
    end(message) {
      if (last !== undefined) return;
      last = message;
      if (state === 'open') client.progress(token, { kind: 'end', message });
      if (state !== 'asked') state = 'over';
    },
  };
}

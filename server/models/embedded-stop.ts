// Stop strings over a stream: text that may be the beginning of one is held back until it is clear. Pure.

export interface StopScan {
  /** Takes more text; returns what may be shown, and whether a stop string ended the answer. */
  push(text: string): { readonly text: string; readonly stopped: boolean };
  /** What was held back when the answer ended without a stop string. */
  rest(): string;
}

export function createStopScan(stops: readonly string[]): StopScan {
  const marks = stops.filter((stop) => stop !== '');
  let held = '';
  return {
    push(text) {
      held += text;
      const found = marks.map((stop) => held.indexOf(stop)).filter((index) => index !== -1);
      if (found.length > 0) {
        const shown = held.slice(0, Math.min(...found));
        held = '';
        return { text: shown, stopped: true };
      }
      const keep = longestBeginning(held, marks);
      const shown = held.slice(0, held.length - keep);
      held = held.slice(held.length - keep);
      return { text: shown, stopped: false };
    },
    rest() {
      const shown = held;
      held = '';
      return shown;
    },
  };
}

/** Length of the longest end of `text` with which a stop string begins. */
function longestBeginning(text: string, stops: readonly string[]): number {
  let longest = 0;
  for (const stop of stops) {
    for (let length = Math.min(stop.length - 1, text.length); length > longest; length--) {
      if (text.endsWith(stop.slice(0, length))) longest = length;
    }
  }
  return longest;
}

// One line of progress on stderr: redrawn on a terminal, a line per change elsewhere. Knows nothing of what goes on.

export interface ProgressLine {
  /** Draws the text unless it stands there already. */
  readonly show: (text: string) => void;
  /** Takes the line away again, where it was redrawn. */
  readonly end: () => void;
}

export function createProgressLine(stream: NodeJS.WriteStream): ProgressLine {
  let shown = '';
  return {
    show(text) {
      if (text === shown) return;
      shown = text;
      stream.write(stream.isTTY ? `\r\u001b[K${text}` : `${text}\n`);
    },
    end() {
      if (stream.isTTY && shown !== '') stream.write('\r\u001b[K');
    },
  };
}

const width = 20;

/** @param share from 0 to 1. */
export function barOf(share: number): string {
  const filled = Math.round(share * width);
  return `[${'#'.repeat(filled)}${'.'.repeat(width - filled)}]`;
}

// The log: pino to stderr or a file, loaded with the first line that is worth writing. stdout belongs to the protocol.

import type { Log } from '../base/log.ts';

const levels = { debug: 20, info: 30, warn: 40, error: 50 } as const;

export type LogLevel = keyof typeof levels;

export interface LogOptions {
  /** Lines below this are not written. Some editors show every line on stderr as an error: `warn` unless asked otherwise. */
  readonly level: LogLevel;
  /** Appended to; undefined for stderr. */
  readonly file: string | undefined;
}

/** From `JOULE_LS_LOG` (a file) and `JOULE_LS_LOG_LEVEL`; command-line options come first. */
export function logOptionsFrom(env: NodeJS.ProcessEnv, asked: { level?: string; file?: string } = {}): LogOptions {
  const level = asked.level ?? env.JOULE_LS_LOG_LEVEL;
  const file = asked.file ?? env.JOULE_LS_LOG;
  return { level: isLevel(level) ? level : 'warn', file: file === '' ? undefined : file };
}

/** Opens nothing before the first line that is loud enough. A file that cannot be written is said once on stderr. */
export function createLog(options: LogOptions): Log {
  let ready: Log | undefined;
  let waiting: { level: LogLevel; fields: object; message: string }[] | undefined;

  async function open(): Promise<void> {
    const { default: pino } = await import('pino'); // the bundle knows CommonJS only by its default export
    const destination = pino.destination({ dest: options.file ?? 2, append: true, mkdir: true, sync: true });
    destination.on('error', () => {});
    const logger = pino({ level: options.level, base: { pid: process.pid } }, destination);
    ready = logger;
    for (const { level, fields, message } of waiting ?? []) logger[level](fields, message);
    waiting = undefined;
  }
  const at =
    (level: LogLevel) =>
    (fields: object, message: string): void => {
      if (levels[level] < levels[options.level]) return;
      if (ready !== undefined) {
        ready[level](fields, message);
        return;
      }
      if (waiting === undefined) {
        waiting = [];
        open().catch((error: unknown) => process.stderr.write(`joule-ls cannot write its log: ${String(error)}\n`));
      }
      if (waiting.length < mostWaiting) waiting.push({ level, fields, message });
    };
  return { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') };
}

/** Lines kept while pino is being loaded. */
const mostWaiting = 1000;

function isLevel(text: string | undefined): text is LogLevel {
  return text !== undefined && Object.hasOwn(levels, text);
}

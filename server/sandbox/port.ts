// What it is to run one command where it can harm nothing: request, limits, result. Types only; knows no model, protocol or task.

/** A text that the command finds as a file. `path` is absolute and below /tmp, which is the sandbox's own. */
export interface SandboxFile {
  readonly path: string;
  readonly text: string;
}

export interface SandboxRequest {
  /** Program and arguments. The program is looked up on the sandbox's own PATH; no shell reads this. */
  readonly command: readonly [string, ...string[]];
  readonly files: readonly SandboxFile[];
  readonly limits?: Partial<SandboxLimits>;
}

export interface SandboxLimits {
  /** From start to end of everything; then the whole process tree is killed. */
  readonly wallMilliseconds: number;
  /** Of all processes together. */
  readonly memoryBytes: number;
  /** Processes and threads at once, the sandbox's own first one among them. */
  readonly processes: number;
  /** What all files in the sandbox's own /tmp, and in /dev/shm, may take, each of the two. It is memory. */
  readonly scratchBytes: number;
  /** Longest file that a process may write. */
  readonly fileBytes: number;
  /** Of each of the two output streams; the rest is read and dropped. */
  readonly outputBytes: number;
}

export interface SandboxOutput {
  readonly output: string;
  readonly errorOutput: string;
  /** What came after the first `outputBytes`, on both streams together. */
  readonly droppedBytes: number;
}

export type SandboxResult =
  /** It ended by itself. 128 + n: by signal n. A process that asks for far too much at once is refused it, and may end like this. */
  | ({ readonly kind: 'ran'; readonly exitCode: number } & SandboxOutput)
  | ({ readonly kind: 'timed out'; readonly seconds: number } & SandboxOutput)
  | ({ readonly kind: 'out of memory'; readonly memoryBytes: number } & SandboxOutput)
  /** Nothing was run. */
  | { readonly kind: 'unavailable'; readonly why: string; readonly mend?: string };

/** Runs one command. Rejects only with the signal's reason, once the command is dead; never runs anything outside the sandbox. */
export type Execute = (request: SandboxRequest, signal: AbortSignal) => Promise<SandboxResult>;

export interface Sandbox {
  readonly execute: Execute;
  /** Whether anything can be run here; tried once. Undefined when it can. */
  problem(): Promise<{ readonly why: string; readonly mend?: string } | undefined>;
}

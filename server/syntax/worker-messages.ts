// What the server's thread and the syntax thread tell each other.

/** Server to worker. */
export interface ParseMessage {
  readonly id: number;
  readonly languageId: string;
  readonly text: string;
}

/** Worker to server. `facts` is JSON: one string crosses threads faster than thousands of small objects. */
export interface ParsedMessage {
  readonly id: number;
  /** Absent when there are none: unknown language, cancelled, too large. */
  readonly facts?: string;
  /** What went wrong, for the log. */
  readonly failure?: string;
}

/** One 32-bit integer that both threads see: the id of the request that is no longer wanted. */
export type CancelFlag = SharedArrayBuffer;

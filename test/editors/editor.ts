// What an editor's driver is and what it is given. Knows no editor; the drivers know nothing of each other.

import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BehaviourId } from './behaviours.ts';
import type { EditorEngine } from './fake-engine-server.ts';
import type { Outcomes } from './page.ts';
import type { Inside, Suite } from './root.ts';

/** `cannot`: this editor has no such thing, or this machine lacks what is needed. A sentence that goes into the table. */
export type Outcome = 'passed' | { readonly failed: string } | { readonly cannot: string };

/** One behaviour's world: a new folder, a new engine, new counters. All paths are the same inside the root and outside. */
export interface EditorContext {
  /** HOME, with nothing in it but `project/`, a git repository. */
  readonly home: string;
  /** `home/project`: `sums.py` and `words.py` of sample.ts. */
  readonly project: string;
  /** Folder of the frozen server: `bin/joule-ls` is on PATH, `dist/main.js` is what it starts. */
  readonly server: string;
  /** Copy of the repository's `clients/`. */
  readonly clients: string;
  /** A language server in one file, `node <this> --stdio`: complains where `value` is not defined, hovers, offers one action. */
  readonly secondServer: string;
  /** Everything that a process of the editor gets as environment. HOME, PATH, XDG_*, OLLAMA_HOST, simulated counters. */
  readonly environment: Readonly<Record<string, string>>;
  readonly engine: EditorEngine;
  /** Processes inside the Debian root, in a process space of their own. Rejects with CannotRun where there is none. */
  inside(): Promise<Inside>;
  /** `node_modules` of a folder with these packages from npm, the same path inside. Rejects with CannotRun without npm. */
  packages(names: readonly string[]): Promise<string>;
  /**
   * The same home with joule-ls as people get it: the tarball of `npm pack`, installed by `npm install --global`. Rejects with
   * CannotRun without npm.
   */
  installed(): Promise<EditorContext>;
  /** A folder for PYTHONPATH with these packages from PyPI, the same path inside. Rejects with CannotRun without pip. */
  pythonPackages(names: readonly string[]): Promise<string>;
  /** Real screen text for the page: replaces the block `<!-- screen: NAME -->` of clients/<id>/README.md when the run is over. */
  keepScreen(name: string, text: string): void;
}

export interface EditorDriver {
  /** Name of the folder in clients/. */
  readonly id: string;
  readonly title: string;
  /** Of which Debian; today's without. */
  readonly suite?: Suite;
  /** As the editor says it itself. */
  version(context: EditorContext): Promise<string>;
  /** Once, before the first behaviour, under no time limit of theirs: sets up what has to be there. Throws CannotRun. */
  prepare?(): Promise<void>;
  /** What it throws is a failure, CannotRun a reason. The context is new for each behaviour. */
  run(behaviour: BehaviourId, context: EditorContext): Promise<Outcome>;
  /** Follows clients/<id>/README.md word by word; throws at the first word that is not true. After the behaviours. */
  followPage?(context: EditorContext, outcomes: Outcomes): Promise<void>;
  /** After each behaviour and the page, also failed ones. */
  close?(): Promise<void>;
}

/** Thrown by whatever this machine cannot do. */
export class CannotRun extends Error {}

/** Asks again until it is truthy. @throws after `seconds`, with what was waited for and what `seen` says then. */
export async function eventually<T>(
  what: string,
  probe: () => T | undefined | false | null | Promise<T | undefined | false | null>,
  options: { readonly seconds?: number; readonly seen?: () => unknown } = {},
): Promise<T> {
  const until = performance.now() + (options.seconds ?? 15) * 1000;
  for (;;) {
    const found = await probe();
    if (found) return found;
    if (performance.now() > until) {
      const seen = options.seen === undefined ? '' : `; seen:\n${String(await options.seen())}`;
      throw new Error(`not seen: ${what}${seen}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 60));
  }
}

/** @throws when they differ, with both. */
export function same(what: string, actual: unknown, expected: unknown): void {
  const [a, b] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (a !== b) throw new Error(`${what}: ${a} instead of ${b}`);
}

/** @throws when it does not match. */
export function matches(what: string, actual: string, expected: RegExp): void {
  if (!expected.test(actual)) throw new Error(`${what}: ${JSON.stringify(actual)} does not match ${expected}`);
}

/** A program of one home: a shell script in `home/bin`, which goes before everything else on PATH. */
export function installProgram(context: EditorContext, name: string, script: string): void {
  const folder = join(context.home, 'bin');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`);
  chmodSync(join(folder, name), 0o755);
}

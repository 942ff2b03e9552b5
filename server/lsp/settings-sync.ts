// The editor's settings, from initializationOptions, `workspace/configuration` and didChangeConfiguration. A bad value is
// reported once and the previous one stays; what only the machine's owner may say is ignored with one warning.
// The schema is loaded on first need: what came before that is kept as it came.

import type { Clock } from '../base/clock.ts';
import type { EditorSettings } from '../settings.ts';
import type { Client } from './client.ts';
import { asRecord } from './convert.ts';

/** A client that never answers `workspace/configuration` holds nothing up for longer than this. */
const patienceMilliseconds = 1000;

export interface SettingsSync {
  /** @throws when `load` has not resolved yet: a bug in the caller. */
  current(): EditorSettings;
  /** Loads the schema and applies what came so far. */
  load(): Promise<void>;
  /** After `initialized`: asks for the section and for word of its changes. */
  start(): void;
  /** `workspace/didChangeConfiguration`: the settings themselves, or only the news that there are new ones. */
  changed(settings: unknown): void;
}

type Schema = typeof import('../settings.ts');

export interface SettingsOptions {
  readonly client: Client;
  readonly initializationOptions: unknown;
  readonly clock: Clock;
  /** The owner's defaults, below everything that an editor says. */
  readonly defaults: () => Promise<unknown>;
  /** Settings came after the first ones were in use. */
  readonly onChange: () => void;
}

/** Takes what comes at any time and in any order; the schema is read when `load` is called. */
export function createSettingsSync({
  client,
  initializationOptions,
  clock,
  defaults,
  onChange,
}: SettingsOptions): SettingsSync {
  const initial = sectionOf(initializationOptions) ?? initializationOptions;
  const reported = new Set<string>();
  let schema: Schema | undefined;
  let initialLayer: EditorSettings | undefined;
  let current: EditorSettings | undefined;
  let configured: unknown;
  let owned: unknown;
  let asked: Promise<void> = Promise.resolve();

  function read(sent: unknown, previous: EditorSettings, { readEditorSettings }: Schema): EditorSettings {
    const { settings, problems, ignored } = readEditorSettings(sent, previous);
    for (const problem of problems) report(problem);
    if (ignored.length > 0) report(`${ignored.join(', ')}: only this machine's owner may set this, outside the editor`);
    return settings;
  }
  function report(sentence: string): void {
    if (reported.has(sentence)) return;
    reported.add(sentence);
    client.message('warning', `joule-ls: ${sentence}`);
  }
  let latest = 0;
  let hasAnswered = false;
  function apply(): void {
    if (schema === undefined) return;
    initialLayer ??= read(initial, read(owned, schema.defaultEditorSettings, schema), schema);
    if (configured === undefined || configured === null) {
      current ??= initialLayer;
      return;
    }
    const sent = read(configured, current ?? initialLayer, schema);
    const isObject = typeof configured === 'object' && !Array.isArray(configured);
    const sentKeys = new Set(Object.keys(asRecord(configured)));
    // What is no object unsets nothing: everything stays as it was.
    const unset = isObject ? Object.entries(initialLayer).filter(([key]) => !sentKeys.has(key)) : [];
    const isFirst = current === undefined;
    current = { ...sent, ...Object.fromEntries(unset) };
    if (!isFirst) onChange();
  }
  function pull(): void {
    const asking = ++latest;
    asked = client.configuration().then((answer) => {
      // What was sent after the question is newer than its answer.
      if (answer === undefined || asking !== latest) return;
      // Some clients push their settings and answer every question with nothing: that takes nothing back.
      const isEmpty = Object.keys(asRecord(answer)).length === 0;
      if (isEmpty && !hasAnswered) return;
      hasAnswered ||= !isEmpty;
      configured = answer;
      apply();
    });
    asked.catch(() => {});
  }

  return {
    current() {
      if (current === undefined) throw new Error('settings were asked for before they were loaded');
      return current;
    },
    async load() {
      await Promise.race([asked, clock.sleep(patienceMilliseconds)]);
      if (schema === undefined) {
        owned = await defaults();
        schema = await import('../settings.ts');
      }
      apply();
    },
    start() {
      pull();
      client.registerConfiguration().catch(() => {});
    },
    changed(settings) {
      const section = sectionOf(settings);
      if (section === undefined) return pull();
      latest++;
      configured = section;
      apply();
    },
  };
}

/** `{ joule: … }` as most clients send it. */
function sectionOf(settings: unknown): unknown {
  return asRecord(settings).joule;
}

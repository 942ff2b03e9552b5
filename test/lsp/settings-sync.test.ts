// Settings from three sides: each counts, a bad one is named once, and what only the owner may say is not taken from an editor.

import assert from 'node:assert/strict';
import type { Client } from '../../server/lsp/client.ts';
import { createSettingsSync, type SettingsSync } from '../../server/lsp/settings-sync.ts';
import { ManualClock } from '../support/manual-clock.ts';

function start(options: { initial?: unknown; configured?: unknown; owned?: unknown; silent?: boolean } = {}): {
  settings: SettingsSync;
  messages: string[];
  clock: ManualClock;
  configure(value: unknown): void;
} {
  const messages: string[] = [];
  const clock = new ManualClock();
  let configured = options.configured;
  const client = {
    message: (_kind: string, text: string) => messages.push(text),
    configuration: () => (options.silent ? new Promise(() => {}) : Promise.resolve(configured)),
    registerConfiguration: () => Promise.resolve(),
  } as unknown as Client;
  const settings = createSettingsSync({
    client,
    initializationOptions: options.initial,
    clock,
    defaults: async () => options.owned,
    onChange: () => {},
  });
  settings.start();
  return {
    settings,
    messages,
    clock,
    configure: (value) => {
      configured = value;
    },
  };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('settings from the editor', () => {
  it('come from the owner, initializationOptions and configuration, the later over the earlier', async () => {
    const { settings } = start({
      owned: { hover: 'off', receiptDays: 5, seed: 1 },
      initial: { joule: { receiptDays: 6, seed: 2 } },
      configured: { seed: 3 },
    });
    await settings.load();
    const { hover, receiptDays, seed, receipts } = settings.current();
    assert.deepEqual(
      { hover, receiptDays, seed, receipts },
      { hover: 'off', receiptDays: 6, seed: 3, receipts: 'hint' },
    );
  });

  it('fall back when a key is taken out again', async () => {
    const { settings } = start({ initial: { hover: 'region' }, configured: { hover: 'off' } });
    await settings.load();
    settings.changed({ joule: { receipts: 'off' } });
    assert.equal(settings.current().hover, 'region');
    assert.equal(settings.current().receipts, 'off');
  });

  it('stay as they were sent when the answer to an older question comes late', async () => {
    const { settings } = start({ configured: { hover: 'off' } });
    settings.changed({ joule: { hover: 'region' } });
    await settings.load();
    await turn();
    assert.equal(settings.current().hover, 'region');
  });

  it('stay as they were sent by a client that answers every question with nothing', async () => {
    const { settings } = start({ initial: { hover: 'off' }, configured: {} });
    await settings.load();
    settings.changed({ joule: { hover: 'region' } });
    settings.changed({});
    await turn();
    assert.equal(settings.current().hover, 'region');
  });

  it('stay as they are when what is sent is no object', async () => {
    const { settings, messages } = start({ configured: { hover: 'off' } });
    await settings.load();
    settings.changed({ joule: 9 });
    assert.equal(settings.current().hover, 'off');
    assert.equal(messages.length, 1);
  });

  it('name a bad value once and keep the previous one', async () => {
    const { settings, messages } = start({ configured: { hover: 'region' } });
    await settings.load();
    for (let round = 0; round < 3; round++)
      settings.changed({ joule: { hover: 'everywhere', receipts: 'information' } });
    assert.equal(settings.current().hover, 'region');
    assert.equal(settings.current().receipts, 'information');
    assert.equal(messages.length, 1);
    assert.match(messages[0] ?? '', /joule\.hover/);
  });

  it('never say what only the owner may', async () => {
    const { settings, messages } = start({
      configured: {
        allowRemote: true,
        checkers: { python: ['sh', '-c', 'echo {file}'] },
        examples: 'on',
        ollama: { host: 'http://elsewhere' },
        remoteMeter: { kind: 'prometheus', url: 'http://elsewhere' },
      },
    });
    await settings.load();
    assert.equal(messages.length, 1);
    assert.match(
      messages[0] ?? '',
      /joule\.allowRemote, joule\.checkers, joule\.examples, joule\.ollama, joule\.remoteMeter: only this machine's owner/,
    );
    for (const key of ['ollama', 'checkers', 'examples']) assert.ok(!(key in settings.current()), key);
  });

  it('survive any nonsense', async () => {
    for (const nonsense of [null, 7, 'x', [], { joule: 'loud' }, { joule: [] }]) {
      const { settings } = start({ initial: nonsense, configured: nonsense });
      await settings.load();
      settings.changed(nonsense);
      await turn();
      assert.equal(settings.current().hover, 'declaration', JSON.stringify(nonsense));
    }
  });

  it('are asked for again when only the news of a change comes', async () => {
    const { settings, configure } = start({ configured: { seed: 1 } });
    await settings.load();
    configure({ seed: 2 });
    settings.changed(null);
    await turn();
    assert.equal(settings.current().seed, 2);
  });

  it('do not wait for a client that never answers', async () => {
    const { settings, clock } = start({ silent: true });
    const loaded = settings.load();
    await clock.advanceAndSettle(1000);
    await loaded;
    assert.equal(settings.current().hover, 'declaration');
  });
});

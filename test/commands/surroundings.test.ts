// What a session finds around it: directories, the owner's file, the log, engines that come and go.

import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { silentLog } from '../../server/base/log.ts';
import { createEngineRoom, rolesFor } from '../../server/commands/engine-room.ts';
import { createLog, logOptionsFrom } from '../../server/commands/log.ts';
import { readOwnerConfiguration } from '../../server/commands/owner-settings.ts';
import { placesFrom } from '../../server/commands/places.ts';
import { defaultEditorSettings, ownerSettingsSchema } from '../../server/settings.ts';
import { createFakeOllama } from '../support/fake-ollama.ts';
import { ManualClock } from '../support/manual-clock.ts';

describe('places', () => {
  it('follow the XDG directories and overlook relative ones', () => {
    assert.equal(
      placesFrom({ XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' }, 'linux').configFile,
      '/c/joule-ls/config.json',
    );
    assert.equal(placesFrom({ XDG_CONFIG_HOME: '/c', XDG_STATE_HOME: '/s' }, 'linux').ledgerDirectory, '/s/joule-ls');
    assert.match(placesFrom({ XDG_CONFIG_HOME: 'c' }, 'linux').configFile, /^\/.*\/\.config\/joule-ls\/config\.json$/);
    assert.equal(placesFrom({ JOULE_LS_CONFIG: '/my.json' }, 'linux').configFile, '/my.json');
  });
});

describe('the owner’s file', () => {
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'joule-owner-'));
  });
  after(() => rmSync(folder, { recursive: true }));
  const read = (text: string): ReturnType<typeof readOwnerConfiguration> => {
    const path = join(folder, 'config.json');
    writeFileSync(path, text);
    return readOwnerConfiguration(path);
  };

  it('need not be there', async () => {
    const { owner, problems } = await readOwnerConfiguration(join(folder, 'none.json'));
    assert.deepEqual(owner, ownerSettingsSchema.parse({}));
    assert.deepEqual(problems, []);
  });

  it('says what only the owner may, and defaults for every editor', async () => {
    const { owner, editorDefaults, problems } = await read(
      '{"allowRemote": true, "ollama": {"host": "h"}, "hover": "off"}',
    );
    assert.equal(owner.allowRemote, true);
    assert.equal(owner.ollama.host, 'h');
    assert.deepEqual(editorDefaults, { hover: 'off' });
    assert.deepEqual(problems, []);
  });

  it('never stops the server: what cannot be used is named and left out', async () => {
    for (const [text, problem] of [
      ['{', /not JSON/],
      ['[1]', /must hold an object/],
      ['{"allowRemote": "yes"}', /allowRemote/],
      ['{"x": 1}', /x is not a setting/],
    ] as const) {
      const { owner, problems } = await read(text);
      assert.equal(owner.allowRemote, false);
      assert.equal(problems.length, 1);
      assert.match(problems[0] ?? '', problem);
    }
    for (const [meter, problem] of [
      ['{"kind": "prometheus"}', /a url or a socket/],
      ['{"kind": "zeusd", "url": "http://a", "socket": "/s"}', /a url or a socket/],
      ['{"kind": "prometheus", "url": "file:///etc/passwd"}', /not an http or https address/],
      ['{"kind": "snmp", "url": "http://a"}', /kind|option/],
    ] as const) {
      const { owner, problems } = await read(`{"remoteMeter": ${meter}, "allowRemote": true}`);
      assert.deepEqual([owner.remoteMeter, owner.allowRemote, problems.length], [undefined, true, 1]);
      assert.match(problems[0] ?? '', problem);
    }
    assert.match((await readOwnerConfiguration(folder)).problems[0] ?? '', /cannot be read/);
  });

  it('runs nothing unless the owner says so in a form that can be run', async () => {
    const { owner } = await read('{}');
    assert.deepEqual([owner.examples, owner.checkers, owner.sandbox.readable], ['off', {}, []]);
    for (const [checkers, problem] of [
      ['{"python": ["pyflakes"]}', /`\{file\}` among them/],
      ['{"python": []}', /checkers/],
      ['{"python": "pyflakes {file}"}', /checkers/],
      ['{"python": ["", "{file}"]}', /checkers/],
    ] as const) {
      const { owner, problems } = await read(`{"checkers": ${checkers}, "examples": "on"}`);
      assert.deepEqual([owner.checkers, owner.examples], [{}, 'on']);
      assert.match(problems[0] ?? '', problem);
    }
    assert.match((await read('{"sandbox": {"readable": ["venv"]}}')).problems[0] ?? '', /not an absolute path/);
  });
});

describe('the log', () => {
  it('writes what is worth it to its file, from the first line on', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'joule-log-'));
    const file = join(folder, 'deep/log');
    const log = createLog({ level: 'info', file });
    log.debug({}, 'too small');
    log.info({ a: 1 }, 'first');
    log.warn({}, 'second');
    const lines = async (): Promise<string[]> => {
      for (;;) {
        await new Promise((resolve) => setImmediate(resolve));
        try {
          const found = readFileSync(file, 'utf8').trim().split('\n');
          if (found.length === 2) return found;
        } catch {}
      }
    };
    const [first, second] = (await lines()).map((line) => JSON.parse(line) as { msg: string; a?: number });
    assert.deepEqual([first?.msg, first?.a, second?.msg], ['first', 1, 'second']);
    rmSync(folder, { recursive: true });
  });

  it('is told where and how much by the command line before the environment', () => {
    assert.deepEqual(logOptionsFrom({ JOULE_LS_LOG: '/a', JOULE_LS_LOG_LEVEL: 'debug' }, { file: '/b' }), {
      level: 'debug',
      file: '/b',
    });
    assert.deepEqual(logOptionsFrom({ JOULE_LS_LOG_LEVEL: 'loud' }), { level: 'warn', file: undefined });
  });
});

describe('the engine room', () => {
  const owner = ownerSettingsSchema.parse({ engineDirectory: '/nowhere' });
  const signal = new AbortController().signal;

  it('asks the engines, believes them for ten seconds, and asks again at once when something was missing', async () => {
    const fake = await createFakeOllama({ models: [] });
    const clock = new ManualClock();
    const rooms = createEngineRoom({ env: { OLLAMA_HOST: fake.url }, owner, clock, log: silentLog });
    const settings = { ...defaultEditorSettings, engine: 'ollama' as const };
    const nothing = rolesFor(await rooms.survey(settings, signal), undefined);
    assert.match(JSON.stringify(nothing), /ollama pull/);
    fake.setModels([{ name: 'gemma3:4b' }]);
    assert.equal((await rooms.survey(settings, signal)).roles.kind, 'chosen');
    const asked = fake.log.length;
    await rooms.survey(settings, signal);
    assert.equal(fake.log.length, asked);
    clock.advance(10_001);
    await rooms.survey(settings, signal);
    assert.ok(fake.log.length > asked);
    await rooms
      .survey({ ...settings, roles: { worker: 'gemma3:1b' } }, signal)
      .then(({ roles }) => assert.equal(roles.kind, 'missing'));
    await rooms.close();
    await fake.close();
  });

  it('names every engine’s own reason and way out when nobody answers', async () => {
    const rooms = createEngineRoom({
      env: { OLLAMA_HOST: '127.0.0.1:9' },
      owner,
      clock: new ManualClock(),
      log: silentLog,
    });
    const unready = rolesFor(await rooms.survey(defaultEditorSettings, signal), undefined);
    assert.ok('why' in unready);
    assert.match(unready.why, /Ollama does not answer.*embedded engine is not installed/);
    assert.match(unready.mend ?? '', /ollama serve.*or: joule-ls engine install/);
    await rooms.close();
  });
});

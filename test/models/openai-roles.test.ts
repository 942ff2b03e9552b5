// Several named engines in the owner's settings: roles by engine, one `joule-ls run` through them, and a log that keeps no key.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../server/base/clock.ts';
import { silentLog } from '../../server/base/log.ts';
import { createEngineRoom, rolesFor } from '../../server/commands/engine-room.ts';
import { defaultEditorSettings, ownerSettingsSchema, readEditorSettings } from '../../server/settings.ts';
import { createWorld, type World } from '../support/editor-client.ts';
import { createFakeOpenai, type FakeOpenai } from '../support/fake-openai.ts';
import { never } from '../support/ollama-engine.ts';
import { cleanUpServers, runProgram } from '../support/spawn-server.ts';

const done = 'def add(a, b):\n    """Sum of a and b."""\n    return a + b\n';
const key = 'sk-very-secret-0123456789';

describe('several OpenAI-compatible engines', function () {
  this.timeout(60_000);
  let desk: FakeOpenai;
  let team: FakeOpenai;
  let world: World;
  const engines = (): object[] => [
    { id: 'desk', kind: 'openai', url: desk.url },
    { id: 'team', kind: 'openai', url: `${team.url}/v1`, key, slots: 3 },
  ];
  before(async () => {
    desk = await createFakeOpenai({ reply: () => done });
    team = await createFakeOpenai({ flavour: 'vllm', models: ['house-coder'], key, reply: () => done });
    world = await createWorld({ models: [], config: { engines: engines() } });
  });
  after(async () => {
    await Promise.all([desk.close(), team.close(), world.close()]);
    await cleanUpServers();
  });

  const rolesWith = async (roles: object, list: object[] = engines()): Promise<ReturnType<typeof rolesFor>> => {
    const owner = ownerSettingsSchema.parse({ engines: list });
    const room = createEngineRoom({ env: world.env, owner, clock: systemClock, log: silentLog });
    try {
      return rolesFor(await room.survey({ ...defaultEditorSettings, roles }, never), undefined);
    } finally {
      await room.close();
    }
  };

  it('fill the roles that name them', async () => {
    const roles = await rolesWith({ worker: 'desk/qwen2.5-coder-3b', planner: 'team/house-coder' });
    assert.ok(!('why' in roles), JSON.stringify(roles));
    assert.deepEqual(roles.worker.ref, { engineId: 'desk', model: 'qwen2.5-coder-3b' });
    assert.deepEqual(roles.planner?.ref, { engineId: 'team', model: 'house-coder' });
  });

  it('are said with what they say when the one that is named is not there', async () => {
    const away = { id: 'away', kind: 'openai', url: 'http://10.1.2.3' };
    const roles = await rolesWith({ worker: 'away/some' }, [away]);
    assert.ok('why' in roles);
    assert.match(`${roles.why} ${roles.mend}`, /engine away is at 10\.1\.2\.3.*"allowRemote": true/);
    const absent = await rolesWith({ worker: 'desk/other' });
    assert.ok('why' in absent);
    assert.match(`${absent.why} ${absent.mend}`, /desk\/other.*is not there.*joule-ls models/);
  });

  it('write a function through the whole program, and no key into the log', async () => {
    world.file('a.py', 'def add(a, b):\n    """Sum of a and b."""\n    pass\n');
    const log = join(world.project, '../log.txt');
    for (const model of ['desk/qwen2.5-coder-3b', 'team/house-coder']) {
      const { code, stdout, stderr } = await runProgram(['run', 'implement', 'a.py:1', '--model', model], {
        env: { ...world.env, JOULE_LS_LOG: log, JOULE_LS_LOG_LEVEL: 'debug' },
        cwd: world.project,
      });
      assert.equal(code, 0, stderr);
      assert.match(stdout, /^\+ {4}return a \+ b/m);
      assert.ok(!(stdout + stderr).includes(key));
    }
    assert.equal(desk.requests.length, 1);
    assert.equal(team.requests.length, 1);
    const said = readFileSync(log, 'utf8');
    assert.ok(said.length > 0, 'something was logged');
    assert.ok(!said.includes(key));
  });

  it('can be named by their owner only, each by an id of its own', () => {
    const { ignored } = readEditorSettings({ engines: engines() }, defaultEditorSettings);
    assert.deepEqual(ignored, ['joule.engines']);
    const entry = { id: 'a', kind: 'openai', url: 'http://localhost:1' };
    const refused = [
      [entry, entry],
      [{ ...entry, id: 'ollama' }],
      [{ ...entry, url: 'http://me:secret@host' }],
      [{ ...entry, key: 'k', keyFromEnvironment: 'K' }],
      [{ ...entry, url: 'file:///etc' }],
    ];
    for (const list of refused) assert.equal(ownerSettingsSchema.safeParse({ engines: list }).success, false);
    assert.ok(ownerSettingsSchema.safeParse({ engines: [entry] }).success);
  });
});

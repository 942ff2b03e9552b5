import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import { isKnown, type Joules } from '../../server/energy/joules.ts';
import { createMeter } from '../../server/energy/meter.ts';
import type { CallFacts } from '../../server/energy/port.ts';
import { makeEdgeBoards } from '../support/edge-boards.ts';
import { ManualClock } from '../support/manual-clock.ts';
import { makeMachine } from '../support/powercap-tree.ts';
import { opening, simulateSource } from '../support/simulated-source.ts';

const facts: CallFacts = {
  engine: { queueSeconds: 0, loadSeconds: 0 },
  tokensIn: 10,
  tokensCached: 0,
  tokensOut: 20,
  activeGigabytes: 1,
  keepAliveSeconds: 300,
};

function joules(figure: Joules): number {
  assert.ok(isKnown(figure), JSON.stringify(figure));
  return figure.joules;
}

/** Two servers of one machine: each has its own reader of the one counter. */
function twoServers() {
  const clock = new ManualClock();
  const roots = makeMachine().roots;
  const servers = makeEdgeBoards(2, clock).map(({ board, die }) => {
    const source = simulateSource(clock, { watts: 100 });
    const meter = createMeter({ roots, clock, log: silentLog, open: opening([source]), edges: board });
    return { die, source, meter };
  });
  const [here, there] = servers;
  assert.ok(here && there);
  return { clock, here, there };
}

describe('two servers on the same counters', () => {
  it('split the time in which both have calls, and together tell what was measured', async () => {
    const { clock, here, there } = twoServers();
    const ours = here.meter.begin({ seen: true });
    await ours.mark('sent');
    await ours.mark('first-token');
    clock.advance(1000);
    const theirs = there.meter.begin({ seen: true });
    await theirs.mark('sent');
    await theirs.mark('first-token');
    clock.advance(2000);
    await ours.mark('done');
    const first = await ours.finish(facts);
    clock.advance(1000);
    await theirs.mark('done');
    const second = await theirs.finish(facts);
    assert.deepEqual([joules(first.gross), joules(second.gross)], [200, 200]);
    assert.deepEqual([ours.hadNeighbours(), theirs.hadNeighbours()], [true, true]);
    assert.ok(first.flags.some((flag) => flag.startsWith('split with')));
    assert.deepEqual(here.meter.audit()[0]?.books, {
      measured: 300_000_000n,
      attributed: 300_000_000n,
      others: 100_000_000n,
      idle: 0n,
      unattributed: 0n,
    });
    assert.equal(there.meter.audit()[0]?.books.others, 100_000_000n);
  });

  it('do not give to the one what the other queued for, and know so when it has told', async () => {
    const { clock, here, there } = twoServers();
    const theirs = there.meter.begin({ seen: true });
    await theirs.mark('sent');
    const ours = here.meter.begin({ seen: true });
    await ours.mark('sent');
    await ours.mark('first-token');
    clock.advance(3000);
    await theirs.mark('first-token');
    clock.advance(1000);
    await theirs.mark('done');
    const queued = await theirs.finish({ ...facts, engine: { queueSeconds: 3, loadSeconds: 0 } });
    assert.equal(joules(queued.gross), 50);
    clock.advance(1000);
    await ours.mark('done');
    assert.equal(joules((await ours.finish(facts)).gross), 450);
  });

  it('put into the error that a call of the other may have queued', async () => {
    const { clock, here, there } = twoServers();
    await there.meter.begin({ seen: true }).mark('sent');
    const ours = here.meter.begin({ seen: true });
    await ours.mark('sent');
    await ours.mark('first-token');
    clock.advance(2000);
    await ours.mark('done');
    const { gross } = await ours.finish(facts);
    assert.ok(isKnown(gross) && gross.joules === 100 && gross.plusMinusJoules >= 100, JSON.stringify(gross));
  });

  it('take no gap for quiet in which the other had a call', async () => {
    const { clock, here, there } = twoServers();
    const first = here.meter.begin({ seen: true });
    await first.mark('sent');
    clock.advance(1000);
    await first.finish(facts);
    clock.advance(1000);
    const theirs = there.meter.begin({ seen: true });
    await theirs.mark('sent');
    clock.advance(4000);
    await theirs.finish(facts);
    clock.advance(1000);
    await here.meter.begin({ seen: true }).mark('sent');
    assert.equal(here.meter.audit()[0]?.idlePower, undefined);
  });

  it('end what a server that died had open', async () => {
    const { clock, here, there } = twoServers();
    const theirs = there.meter.begin({ seen: true });
    await theirs.mark('sent');
    await theirs.mark('first-token');
    const ours = here.meter.begin({ seen: true });
    await ours.mark('sent');
    await ours.mark('first-token');
    clock.advance(1000);
    there.die();
    clock.advance(1000);
    await ours.mark('done');
    assert.equal(joules((await ours.finish(facts)).gross), 150);
    assert.equal(here.meter.audit()[0]?.books.others, 50_000_000n);
  });

  it('say nothing of calls that this machine’s counters do not see', async () => {
    const { clock, here, there } = twoServers();
    await there.meter.begin({ seen: false, why: 'elsewhere' }).mark('sent');
    const ours = here.meter.begin({ seen: true });
    await ours.mark('sent');
    clock.advance(1000);
    await ours.mark('done');
    assert.equal(joules((await ours.finish(facts)).gross), 100);
    assert.equal(ours.hadNeighbours(), false);
  });
});

// Counters of another machine: real HTTP on loopback and on a Unix socket, time turned by hand.

import assert from 'node:assert/strict';
import { join } from 'node:path';
import { silentLog } from '../../../server/base/log.ts';
import type { CallEnergy, Joules, KnownJoules } from '../../../server/energy/joules.ts';
import { createMeters } from '../../../server/energy/meters.ts';
import type { CallFacts, EnergyMeter, MeteredCall } from '../../../server/energy/port.ts';
import { remoteMeterName } from '../../../server/energy/remote/remote-meter.ts';
import type { RemoteMeterSettings } from '../../../server/settings.ts';
import { type Exporter, startExporter } from '../../support/exporter.ts';
import { ManualClock } from '../../support/manual-clock.ts';
import { makeMachine } from '../../support/powercap-tree.ts';
import { opening, type SimulatedSource, simulateSource } from '../../support/simulated-source.ts';
import { makeTemporaryFolder } from '../../support/temporary-folder.ts';

const facts: CallFacts = {
  engine: { queueSeconds: 0, loadSeconds: 0 },
  tokensIn: 10,
  tokensCached: 0,
  tokensOut: 20,
  activeGigabytes: 1,
  keepAliveSeconds: 300,
};

function known(figure: Joules | undefined): KnownJoules {
  assert.ok(figure && figure.status !== 'unknown', JSON.stringify(figure));
  return figure;
}

function unknown(figure: Joules | undefined): string {
  assert.ok(figure?.status === 'unknown', JSON.stringify(figure));
  return figure.why;
}

const rapl = (joules: number): string => `node_rapl_package_joules_total{index="0",path="/sys/p0"} ${joules}\n`;
const dcgm = (joules: number): string =>
  `DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION{gpu="0",UUID="GPU-1",modelName="L40S"} ${joules * 1000}\n`;
const own = (joules: number, created: number): string =>
  `joule_ls_energy_joules_total{source="rapl:package-0",domain="package"} ${joules}\njoule_ls_energy_joules_created{source="rapl:package-0",domain="package"} ${created}\n`;

interface Bench {
  readonly clock: ManualClock;
  readonly meter: EnergyMeter;
  readonly here: SimulatedSource;
  send(): Promise<MeteredCall>;
}

function bench(settings: RemoteMeterSettings): Bench {
  const clock = new ManualClock();
  const here = simulateSource(clock, { watts: 1000 });
  const meter = createMeters({
    roots: makeMachine().roots,
    clock,
    log: silentLog,
    open: opening([here]),
    remote: { settings },
  });
  return {
    clock,
    meter,
    here,
    async send() {
      const call = meter.begin({ seen: true, remoteMeter: remoteMeterName(settings) });
      await call.mark('sent');
      return call;
    },
  };
}

async function end(call: MeteredCall, more: Partial<CallFacts> = {}): Promise<CallEnergy> {
  await call.mark('done');
  return call.finish({ ...facts, ...more });
}

describe('a remote meter', () => {
  const exporters: Exporter[] = [];
  const start = async (...how: Parameters<typeof startExporter>): Promise<Exporter> => {
    const exporter = await startExporter(...how);
    exporters.push(exporter);
    return exporter;
  };
  afterEach(async () => {
    await Promise.all(exporters.splice(0).map((one) => one.close()));
  });

  it('gives a call what the other machine counted meanwhile, and reads nothing here for it', async () => {
    const exporter = await start(rapl(100));
    const { clock, meter, here, send } = bench({ kind: 'prometheus', url: exporter.url });
    const call = await send();
    clock.advance(10_000);
    exporter.answer(rapl(350.5));
    const energy = await end(call);
    const gross = known(energy.gross);
    assert.equal(gross.joules, 250.5);
    assert.ok(gross.plusMinusJoules < 0.2, String(gross.plusMinusJoules));
    assert.deepEqual([gross.status, gross.scope, gross.coverage], ['measured', 'machine', ['package']]);
    const name = `prometheus at ${new URL(exporter.url).host}`;
    assert.deepEqual(energy.flags, [`counted by ${name}`]);
    assert.ok(energy.bySource[0]?.sourceId.startsWith(`${name}: node_rapl_package_joules_total`));
    assert.equal(here.reads, 0);
    assert.equal(exporter.requests[0], 'GET /metrics');
    await meter.close();
  });

  it('is not asked for calls that are served here', async () => {
    const exporter = await start(rapl(100));
    const { clock, meter } = bench({ kind: 'prometheus', url: exporter.url });
    const call = meter.begin({ seen: true });
    await call.mark('sent');
    clock.advance(1000);
    const energy = await end(call);
    assert.equal(known(energy.gross).joules, 1000);
    assert.deepEqual([energy.flags, exporter.requests], [[], []]);
  });

  it('leaves a call unknown whose remote meter nobody set up', async () => {
    const { meter, here } = bench({ kind: 'prometheus', url: 'http://127.0.0.1:1' });
    const call = meter.begin({ seen: true, remoteMeter: 'prometheus at elsewhere' });
    await call.mark('sent');
    assert.match(unknown((await end(call)).gross), /nothing is known of a meter at prometheus at elsewhere/);
    assert.equal(here.reads, 0);
  });

  it('reads a page once for all its counters', async () => {
    const exporter = await start(`${rapl(1)}${dcgm(1)}node_rapl_dram_joules_total{index="0",path="/d"} 1\n`);
    const { clock, send } = bench({ kind: 'prometheus', url: exporter.url });
    const call = await send();
    const before = exporter.requests.length;
    clock.advance(100_000);
    exporter.answer(`${rapl(11)}${dcgm(101)}node_rapl_dram_joules_total{index="0",path="/d"} 4\n`);
    const energy = await end(call);
    assert.equal(exporter.requests.length, before + 1);
    assert.equal(known(energy.gross).joules, 113);
  });

  it('learns idle power from the quiet between calls, apart from the machine here', async () => {
    const exporter = await start(rapl(0));
    const { clock, send } = bench({ kind: 'prometheus', url: exporter.url });
    let call = await send();
    clock.advance(10_000);
    exporter.answer(rapl(1000));
    await end(call);
    clock.advance(20_000);
    exporter.answer(rapl(1400));
    call = await send();
    clock.advance(10_000);
    exporter.answer(rapl(2400));
    const energy = await end(call);
    assert.deepEqual([known(energy.gross).joules, known(energy.net).joules], [1000, 800]);
    assert.equal(energy.idle?.watts, 20);
  });

  describe('staleness', () => {
    it('a counter that stood still is unknown, never 0', async () => {
      const exporter = await start(`${dcgm(500).trimEnd()} 1767225600000\n`);
      const { clock, send } = bench({ kind: 'prometheus', url: exporter.url });
      for (const seconds of [20, 60, 600]) {
        const call = await send();
        clock.advance(seconds * 1000);
        const energy = await end(call);
        assert.equal(energy.gross.status, 'unknown', `${seconds} s`);
        if (seconds > 60) assert.match(unknown(energy.gross), /stood still/);
      }
    });

    it('a window of less than three refreshes says so, with an error as large as what may be missing', async () => {
      const exporter = await start(dcgm(0));
      const { clock, send } = bench({ kind: 'prometheus', url: exporter.url });
      const call = await send();
      clock.advance(75_000);
      exporter.answer(dcgm(6000));
      const energy = await end(call);
      const { joules, plusMinusJoules } = known(energy.gross);
      assert.equal(joules, 6000);
      assert.ok(plusMinusJoules >= 2 * 30 * 80, String(plusMinusJoules));
      assert.match(energy.flags.join('\n'), /low confidence: the call took 75.0 s.*every 30 s/);
    });

    it('a window shorter than two refreshes has no figure before any power is known', async () => {
      const exporter = await start(dcgm(0));
      const { clock, send } = bench({ kind: 'prometheus', url: exporter.url });
      const call = await send();
      clock.advance(29_000);
      exporter.answer(dcgm(6000));
      assert.match(unknown((await end(call)).gross), /hardly longer than the 30 s/);
    });

    it('the owner may say that the exporter looks more often', async () => {
      const exporter = await start(dcgm(0));
      const { clock, send } = bench({ kind: 'prometheus', url: exporter.url, refreshSeconds: 1 });
      const call = await send();
      clock.advance(29_000);
      exporter.answer(dcgm(2900));
      const energy = await end(call);
      assert.deepEqual([known(energy.gross).joules, energy.flags.length], [2900, 1]);
      assert.ok(known(energy.gross).plusMinusJoules < 300);
    });
  });

  it('a counter that began anew leaves the call unknown and the next one whole', async () => {
    for (const [first, second, third] of [
      [rapl(5000), rapl(20), rapl(70)],
      [own(5, 100), own(9000, 200), own(9050, 200)],
    ] as const) {
      const exporter = await start(first);
      const { clock, send } = bench({ kind: 'prometheus', url: exporter.url });
      let call = await send();
      clock.advance(10_000);
      exporter.answer(second);
      assert.match(unknown((await end(call)).gross), /went backwards|count anew/);
      call = await send();
      clock.advance(10_000);
      exporter.answer(third);
      assert.equal(known((await end(call)).gross).joules, 50);
    }
  });

  it('finds an exporter that starts later', async () => {
    const exporter = await start((_request, response) => void response.writeHead(503).end());
    const { clock, send } = bench({ kind: 'prometheus', url: exporter.url });
    let call = await send();
    clock.advance(11_000);
    assert.match(unknown((await end(call)).gross), /HTTP 503/);
    exporter.answer(rapl(0));
    clock.advance(11_000);
    call = await send();
    clock.advance(11_000);
    exporter.answer(rapl(40));
    assert.equal(known((await end(call)).gross).joules, 40);
  });

  const badAnswers: readonly (readonly [string, Parameters<Exporter['answer']>[0], RegExp])[] = [
    ['never answers', () => undefined, /did not answer within/],
    ['begins and never ends', (_, response) => void response.writeHead(200).write('a 1\n'), /did not answer within/],
    [
      'breaks off in the middle',
      (_, response) => {
        response.writeHead(200, { 'Content-Length': '1000' }).write('a 1\n', () => response.destroy());
      },
      /ECONNRESET|aborted/,
    ],
    ['hangs up', (request) => void request.destroy(), /ECONNRESET|hang up/],
    [
      'is huge',
      (_, response) => void response.writeHead(200).end(Buffer.alloc(9 * 1024 * 1024, 'a 1\n')),
      /more than 8 MiB/,
    ],
    ['is binary', (_, response) => void response.writeHead(200).end(Buffer.from([1, 0, 2, 255])), /not text/],
    ['is a web page', '<!doctype html><html><body>Sign in</body></html>', /no exporter/],
    ['is an empty page', '', /no exporter/],
    ['has no energy on it any more', 'node_load1 1\n', /none of the energy counters/],
    ['has another counter instead', 'node_rapl_package_joules_total{index="1",path="/q"} 5\n', /no longer shows/],
    ['has no number', rapl(Number.NaN), /no amount of energy/],
    ['goes down', rapl(1), /went backwards/],
    ['jumps', rapl(1e9), /jumped by more than/],
    ['redirects', (_, response) => void response.writeHead(302, { Location: 'http://127.0.0.1:1/' }).end(), /redirect/],
    ['fails', (_, response) => void response.writeHead(500).end(rapl(2)), /HTTP 500/],
    ['wants a token', (_, response) => void response.writeHead(401).end(), /wants a token/],
  ];
  for (const [name, answer, why] of badAnswers) {
    it(`whose page ${name}: unknown with the reason, and no call hangs`, async () => {
      for (const when of ['at the end', 'from the start'] as const) {
        const exporter = await start(when === 'at the end' ? rapl(100) : answer);
        const { clock, send } = bench({ kind: 'prometheus', url: exporter.url });
        /** Only where nothing else happens any more does the clock go on. */
        const turn = async <T>(work: Promise<T>): Promise<T> => {
          let over = !/did not answer/.test(why.source);
          void work.finally(() => {
            over = true;
          });
          while (!over) {
            await new Promise((resolve) => setImmediate(resolve));
            if (exporter.hanging > 0) await clock.advanceAndSettle(100);
          }
          return work;
        };
        const call = await turn(send());
        clock.advance(10_000);
        exporter.answer(answer);
        const energy = await turn(end(call));
        const said = unknown(energy.gross);
        if (when === 'at the end') assert.match(said, why);
        await exporter.close();
      }
    });
  }

  it('that is not there at all', async () => {
    const exporter = await start(rapl(1));
    await exporter.close();
    const { clock, send } = bench({ kind: 'prometheus', url: exporter.url });
    const call = await send();
    clock.advance(1000);
    assert.match(unknown((await end(call)).gross), /ECONNREFUSED/);
  });

  describe('zeusd', () => {
    const gpu = (millijoules: number): string => JSON.stringify({ 0: { energy_mj: millijoules } });
    const cpu = (microjoules: number, dram: number | null): string =>
      JSON.stringify({ 0: { cpu_energy_uj: microjoules, dram_energy_uj: dram } });
    const answering =
      (gpuPage: string, cpuPage: string): Parameters<Exporter['answer']>[0] =>
      (request, response) =>
        void response.writeHead(200).end(request.url?.startsWith('/gpu') ? gpuPage : cpuPage);

    it('is read over a Unix socket, with the token', async () => {
      const socket = join(makeTemporaryFolder('joule-zeusd-'), 'zeusd.sock');
      const exporter = await start(answering(gpu(1_000_000), cpu(5_000_000, 1_000_000)), socket);
      const { clock, send } = bench({ kind: 'zeusd', socket, token: 'secret' });
      const call = await send();
      clock.advance(10_000);
      exporter.answer(answering(gpu(3_000_000), cpu(505_000_000, 51_000_000)));
      const energy = await end(call);
      assert.equal(known(energy.gross).joules, 2550);
      assert.deepEqual(known(energy.gross).coverage, ['gpu', 'package', 'dram']);
      assert.deepEqual(exporter.requests.slice(0, 2).sort(), [
        'GET /cpu/get_cumulative_energy?cpu=true&dram=true',
        'GET /gpu/get_cumulative_energy',
      ]);
      assert.ok(exporter.headers.every((one) => one.authorization === 'Bearer secret'));
    });

    it('is read over TCP, without memory where the processor counts none', async () => {
      const exporter = await start(answering(gpu(0), cpu(0, null)));
      const { clock, send } = bench({ kind: 'zeusd', url: exporter.url });
      const call = await send();
      clock.advance(10_000);
      exporter.answer(answering(gpu(1000), cpu(2_000_000, null)));
      const energy = await end(call);
      assert.deepEqual([known(energy.gross).joules, known(energy.gross).coverage], [3, ['gpu', 'package']]);
    });

    it('without GPUs still counts the processors', async () => {
      const exporter = await start((request, response) => {
        if (request.url?.startsWith('/gpu')) response.writeHead(404).end();
        else response.writeHead(200).end(cpu(exporter.requests.length * 1_000_000, 0));
      });
      const { clock, send, meter } = bench({ kind: 'zeusd', url: exporter.url });
      const call = await send();
      clock.advance(10_000);
      assert.ok(known((await end(call)).gross).joules > 0);
      assert.match((await meter.inventory()).missing.map((one) => one.why).join(), /HTTP 404/);
    });

    for (const page of [
      '<html>',
      '[]',
      '{"0": 5}',
      '{"x": {"energy_mj": 5}}',
      '{"0": {"energy_mj": "5"}}',
      '{"0": {"energy_mj": -5}}',
      '{}',
      'null',
    ]) {
      it(`that answers ${page} is unknown`, async () => {
        const exporter = await start(page);
        const { clock, send } = bench({ kind: 'zeusd', url: exporter.url });
        const call = await send();
        clock.advance(1000);
        assert.match(unknown((await end(call)).gross), /that can be read/);
      });
    }
  });

  describe('on a shared server', () => {
    const llama = (prompt: number, generated: number, running = 1): string =>
      `llamacpp:prompt_tokens_total ${prompt}\nllamacpp:tokens_predicted_total ${generated}\nllamacpp:requests_processing ${running}\n`;
    const vllm = (prompt: number, generated: number): string =>
      `vllm:prompt_tokens_total{model_name="q"} ${prompt}\nvllm:generation_tokens_total{model_name="q"} ${generated}\n`;

    async function shared(first: string, last: string, more: Partial<CallFacts> = {}): Promise<CallEnergy> {
      const [exporter, engine] = [await start(rapl(0)), await start(first)];
      const { clock, send } = bench({ kind: 'prometheus', url: exporter.url, engineMetrics: engine.url });
      const call = await send();
      clock.advance(10_000);
      exporter.answer(rapl(1000));
      engine.answer(last);
      return end(call, { tokensIn: 0, ...more });
    }

    it('a call gets its part by tokens, estimated', async () => {
      const energy = await shared(vllm(500, 1000), vllm(500, 1400), { tokensOut: 100 });
      const gross = known(energy.gross);
      assert.deepEqual([gross.status, gross.scope, gross.joules], ['estimated', 'process', 250]);
      assert.match(energy.flags.join('\n'), /shared server: 25 % of its joules/);
    });

    it('an unsure weight of prompt tokens is in the error', async () => {
      const energy = await shared(vllm(0, 0), vllm(10_000, 200), { tokensOut: 100, tokensIn: 1000, tokensCached: 500 });
      const gross = known(energy.gross);
      const at = (weight: number): number => (1000 * (100 + 500 * weight)) / (200 + 10_000 * weight);
      assert.ok(Math.abs(gross.joules - at(1 / 20)) < 1e-9);
      for (const weight of [1 / 80, 1 / 40, 1 / 10, 1 / 5])
        assert.ok(Math.abs(at(weight) - gross.joules) <= gross.plusMinusJoules + 1e-9, String(weight));
    });

    it('alone it has all of them', async () => {
      const energy = await shared(llama(0, 0, 0), llama(30, 100, 0), { tokensOut: 100, tokensIn: 30 });
      assert.equal(known(energy.gross).joules, 1000);
      assert.ok(known(energy.gross).plusMinusJoules < 1);
    });

    it('another request across an edge, counted only at its end, leaves nearly nothing sure', async () => {
      const energy = await shared(llama(0, 0, 1), llama(0, 400, 0), { tokensOut: 100 });
      const { joules, plusMinusJoules } = known(energy.gross);
      assert.equal(joules, 250);
      assert.ok(plusMinusJoules >= 750);
    });

    it('counters that lack this call, or can not be read, leave it unknown', async () => {
      assert.match(unknown((await shared(llama(0, 0), llama(0, 10), { tokensOut: 100 })).gross), /fewer tokens/);
      assert.match(unknown((await shared(llama(0, 0), '<html>')).gross), /no counters of tokens/);
      assert.match(unknown((await shared(llama(0, 900), llama(0, 10), { tokensOut: 5 })).gross), /fewer tokens/);
    });

    it('two calls of ours at once share theirs and leave the rest to others', async () => {
      const [exporter, engine] = [await start(rapl(0)), await start(vllm(0, 0))];
      const { clock, send } = bench({ kind: 'prometheus', url: exporter.url, engineMetrics: engine.url });
      const calls = [await send(), await send()];
      clock.advance(10_000);
      exporter.answer(rapl(1000));
      engine.answer(vllm(0, 400));
      await Promise.all(calls.map((call) => call.mark('done')));
      const energies = await Promise.all(calls.map((call) => call.finish({ ...facts, tokensIn: 0, tokensOut: 100 })));
      assert.deepEqual(
        energies.map((one) => Math.round(known(one.gross).joules)),
        [250, 250],
      );
    });
  });
});

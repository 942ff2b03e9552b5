// `npx tsx test/completion/real-table.ts --data DIR`: the table with a real model, joule-tiny on real llama.cpp, on HumanEval-Infilling, whose
// functions are mostly outside what it was made for, and on lines of its own evaluation that it was not trained on (--own FILE; made by
// `generate.py eval` of its recipe). Tokens, texts and probabilities are the model's; greedy, each question asked once to its end, the ways of stopping
// replayed over what came; the learned policy is then run live, and the engine's CPU time measured.
//   --engine embedded|llama-server (default embedded)   --limit N (tasks per set)   --json FILE

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { defaultPolicy, type Policy, stopFiltersFor, withDial } from '../../server/completion/policy/index.ts';
import { halves, type InfillSet, type InfillTask, infillSets, readInfillTasks, readOwnTasks } from './table/data.ts';
import { placeOf } from './table/place.ts';
import { type EngineKind, openRealModel } from './table/real-model.ts';
import { reportLines, reportOf, type SetReport } from './table/report.ts';
import { type AnsweredTask, trainOn } from './table/train.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    own: { type: 'string' },
    engine: { type: 'string', default: 'embedded' },
    limit: { type: 'string', default: '100000' },
    json: { type: 'string' },
  },
});
const bounds = { single: 64, several: 128 };
const model = await openRealModel(values.engine as EngineKind);
// An engine that was just told to stop no longer keeps this process alive, although the next question waits for it.
const alive = setInterval(() => undefined, 1000);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

interface NamedSet {
  readonly name: string;
  readonly tasks: readonly InfillTask[];
}

const folder = values.data;
const sets: NamedSet[] = [
  ...(values.own === undefined
    ? []
    : [{ name: 'its own kind of function, held out', tasks: readOwnTasks(values.own) }]),
  ...(folder === undefined
    ? []
    : (Object.keys(infillSets) as InfillSet[]).map((name) => ({
        name: `${name}, mostly outside its domain`,
        tasks: readInfillTasks(folder, name) ?? [],
      }))),
];

interface Spent {
  readonly tokens: number;
  /** Of the engine's process; null where it can't be seen, or was another process in between. */
  readonly cpuSeconds: number | null;
}

interface Live {
  readonly tasks: number;
  readonly neverStop: Spent;
  readonly policy: Spent;
  /** Answers of the policy that the one heard to the end begins with. */
  readonly sameText: number;
}

/** The same questions twice, on the same engine: heard to the end, and ended by the policy. */
async function live(answered: readonly AnsweredTask[], policy: Policy): Promise<Live> {
  const pass = async (stops: boolean): Promise<Spent & { readonly texts: readonly string[] }> => {
    const texts: string[] = [];
    let tokens = 0;
    const before = await model.cpuTime();
    for (const { task } of answered) {
      const place = placeOf(task);
      const answer = await model.live(task, bounds[place.lines], stops ? stopFiltersFor(place, policy) : []);
      tokens += answer?.tokens ?? 0;
      texts.push(answer?.text ?? '');
    }
    const after = await model.cpuTime();
    const isSame = before !== undefined && after !== undefined && before.pid === after.pid;
    return { texts, tokens, cpuSeconds: isSame ? Number((after.seconds - before.seconds).toFixed(2)) : null };
  };
  const { texts: whole, ...neverStop } = await pass(false);
  const { texts, ...stopped } = await pass(true);
  const sameText = texts.filter((text, index) => (whole[index] ?? '').startsWith(text)).length;
  return { tasks: answered.length, neverStop, policy: stopped, sameText };
}

const cpu = ({ cpuSeconds }: Spent): string => (cpuSeconds === null ? 'unknown' : `${cpuSeconds.toFixed(1)} s of`);

const reports: (SetReport & { readonly endedByItself: number; readonly live: Live })[] = [];
try {
  for (const { name, tasks } of sets) {
    const answered: AnsweredTask[] = [];
    for (const task of tasks.slice(0, Number(values.limit))) {
      const small = await model.answer(task, bounds[placeOf(task).lines]);
      if (small !== undefined) answered.push({ task, small });
    }
    const { training, measured } = halves(answered.map(({ task }) => task));
    const of = (part: readonly InfillTask[]): AnsweredTask[] =>
      answered.filter(({ task }) => part.some(({ id }) => id === task.id));
    const policy = trainOn(of(training), defaultPolicy);
    const report = reportOf({
      name: `${name} (${model.name})`,
      policy,
      trainedOn: training.length,
      measured: of(measured),
      prices: { small: 1, large: 1 },
    });
    const endedByItself = answered.filter(({ small }) => small.ended === 'itself').length / answered.length;
    const lived = await live(of(measured).slice(0, 200), withDial(policy, 0.5));
    reports.push({ ...report, endedByItself, live: lived });
    say(reportLines(report).join('\n'));
    say(`${(100 * endedByItself).toFixed(0)} % of the answers end by themselves within the bound.`);
    say(
      `Live, ${lived.tasks} tasks: ${lived.neverStop.tokens} tokens and ${cpu(lived.neverStop)} CPU time heard to the end; ${lived.policy.tokens} tokens and ${cpu(lived.policy)} CPU time with the learned policy at dial 0.5; ${lived.sameText} answers begin the same.\n`,
    );
  }
} finally {
  await model.close();
  clearInterval(alive);
}
if (values.json !== undefined) {
  writeFileSync(values.json, `${JSON.stringify({ model: model.name, reports }, undefined, 1)}\n`);
}

// `npx tsx test/completion/table.ts --data DIR`: what stopping early, and asking small first, saves and costs on HumanEval-Infilling, with
// scripted models. All figures are simulated: what the models write and how sure they are of it comes from a file.
//   --models FILE   default: test/completion/models/default.json
//   --seeds N       draws of the models per task (default 3)
//   --json FILE --svg FILE --policy FILE (the policy that was learned on all sets)

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { defaultPolicy, withDial } from '../../server/completion/policy/index.ts';
import { policyText } from '../../server/completion/policy/text.ts';
import { halves, type InfillSet, type InfillTask, infillSets, readInfillTasks } from './table/data.ts';
import { dialPicture } from './table/dial-picture.ts';
import { placeOf } from './table/place.ts';
import { reportLines, reportOf, type SetReport } from './table/report.ts';
import { type ModelsFile, type ScriptedModel, scriptedAnswer } from './table/scripted-model.ts';
import { type Outcome, rowOf } from './table/tally.ts';
import { type AnsweredTask, trainOn } from './table/train.ts';
import { learned, neverStop, neverStopTrimmed, type Prices, type Way } from './table/ways.ts';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    models: { type: 'string', default: fileURLToPath(new URL('models/default.json', import.meta.url)) },
    seeds: { type: 'string', default: '3' },
    json: { type: 'string' },
    svg: { type: 'string' },
    policy: { type: 'string' },
  },
});
if (values.data === undefined) throw new Error(`--data names the folder with ${Object.values(infillSets).join(', ')}`);
const file = JSON.parse(readFileSync(values.models, 'utf8')) as ModelsFile;
const [small, large] = file.models;
if (small === undefined) throw new Error(`${values.models} has no model`);
const prices: Prices = { small: small.joulesPerToken, large: large?.joulesPerToken ?? small.joulesPerToken };

/** Every task as often as there are seeds, each with luck of its own. */
function answeredBy(
  tasks: readonly InfillTask[],
  model: ScriptedModel,
  larger: ScriptedModel | undefined,
): AnsweredTask[] {
  return Array.from({ length: Number(values.seeds) }, (_, seed) =>
    tasks.map((task): AnsweredTask => {
      const maxTokens = file.maxTokens[placeOf(task).lines];
      const options = { maxTokens, seed, others: tasks };
      return {
        task,
        small: scriptedAnswer(task, { ...options, model }),
        ...(larger === undefined ? {} : { large: scriptedAnswer(task, { ...options, model: larger }) }),
      };
    }),
  ).flat();
}

interface Share {
  readonly runOnShare: number;
  readonly tokensSaved: number;
  readonly tokensSavedByRules: number;
  readonly exactDifference: number;
}

/** What the learned policy at the dial's middle, and the rules in it, save where models run on more or less often. */
function byRunOn(tasks: readonly InfillTask[], report: SetReport, model: ScriptedModel): Share[] {
  const policy = withDial(report.policy, 0.5);
  const rulesOnly = { ...policy, stop: { ...policy.stop, unsure: { ...policy.stop.unsure, fewestPieces: 1e9 } } };
  return [0, 0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((share) => {
    const answered = answeredBy(tasks, { ...model, runOn: { ...model.runOn, share } }, undefined);
    const play = (way: Way): readonly Outcome[] => answered.map((one) => way(one, prices));
    const baseline = play(neverStop);
    const reference = play(neverStopTrimmed);
    const row = rowOf('', play(learned(policy)), { baseline, reference });
    const rules = rowOf('', play(learned(rulesOnly)), { baseline, reference });
    return {
      runOnShare: share,
      tokensSaved: row.tokensSaved.value,
      tokensSavedByRules: rules.tokensSaved.value,
      exactDifference: row.exactDifference.value,
    };
  });
}

/** The share of run-ons at which half of the tokens are saved, between the two nearest; undefined when none does. */
function shareForHalf(shares: readonly Share[]): number | undefined {
  const at = shares.findIndex(({ tokensSaved }) => tokensSaved >= 0.5);
  const [above, below] = [shares[at], shares[at - 1]];
  if (above === undefined) return undefined;
  if (below === undefined) return above.runOnShare;
  const part = (0.5 - below.tokensSaved) / (above.tokensSaved - below.tokensSaved);
  return below.runOnShare + part * (above.runOnShare - below.runOnShare);
}

const reports: (SetReport & { readonly byRunOn: readonly Share[]; readonly halfSavedFromRunOnShare: number | null })[] =
  [];
const sets = (Object.keys(infillSets) as InfillSet[]).map((name) => {
  const tasks = readInfillTasks(values.data ?? '', name);
  if (tasks === undefined) throw new Error(`${values.data} has no ${infillSets[name]}`);
  return { name, ...halves(tasks) };
});
const training = sets.flatMap((set) => answeredBy(set.training, small, large));
const policy = trainOn(training, defaultPolicy);
for (const { name, measured } of sets) {
  const report = reportOf({
    name,
    policy,
    trainedOn: training.length,
    measured: answeredBy(measured, small, large),
    prices,
  });
  const shares = byRunOn(measured, report, small);
  const half = shareForHalf(shares) ?? null;
  reports.push({ ...report, byRunOn: shares, halfSavedFromRunOnShare: half });
  process.stdout.write(`${reportLines(report).join('\n')}\n`);
  process.stdout.write(
    '| run-on share | tokens saved, dial 0.5 | by the rules alone | exact against trimmed |\n|---|---|---|---|\n',
  );
  for (const one of shares) {
    const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;
    process.stdout.write(
      `| ${one.runOnShare} | ${percent(one.tokensSaved)} | ${percent(one.tokensSavedByRules)} | ${one.exactDifference.toFixed(2)} |\n`,
    );
  }
  process.stdout.write(`half of the tokens are saved from a run-on share of ${half?.toFixed(2) ?? 'none'} on\n\n`);
}

/** How many right answers the rules keep whole. */
function keptWhole({ name, rows }: SetReport): string {
  const [, trimmed, oracle] = rows.map(({ exactPercent }) => exactPercent.value.toFixed(1));
  return `of ${oracle} % right answers in ${name}, ${trimmed} % are kept whole`;
}

if (values.json !== undefined) {
  const head = { simulated: true, seeds: Number(values.seeds), models: file };
  writeFileSync(values.json, `${JSON.stringify({ ...head, reports }, undefined, 1)}\n`);
}
if (values.svg !== undefined) {
  const captions = [
    'Simulated: scripted models on HumanEval-Infilling, learned on half of the functions, measured on the others; bands are 95 %.',
    `Run-on share ${small.runOn.share}. What is cut before its end counts as saved, too:`,
    `${reports.map(keptWhole).join('; ')}.`,
    'Another mechanism, early exit inside Llama-3.2-3B (GREEN-CODE, their figures, 15 new tokens of Python):',
    '37 % fewer joules at threshold 0.9, with ROUGE-L 5 % and CodeBLEU 13 % lower.',
  ];
  writeFileSync(
    values.svg,
    dialPicture(
      reports.map(({ curve }) => curve),
      captions,
    ),
  );
}
if (values.policy !== undefined) {
  writeFileSync(values.policy, policyText(policy));
}

// The two kinds of JSON files that the laboratory takes: models with what they can do and cost, and mixes of requests. Anyone can
// bring their own; a field that is wrong is named.

import { readFileSync } from 'node:fs';
import { z } from 'zod';

const positive = z.number().positive();

/** Abilities and difficulties are on one scale: a model answers rightly when ability − difficulty + luck is above 0, luck ~ N(0, 1). */
const modelSchema = z.object({
  name: z.string().min(1),
  /** What the predictor is told. */
  parameters: positive,
  bitsPerWeight: positive,
  ability: z.number(),
  /** Joules per written token with an empty context, and per prompt token. */
  joulesPerToken: positive,
  joulesPerPromptToken: positive,
  /** Answers are this much longer or shorter than the mix says. */
  verbosity: positive.default(1),
});

export const modelsFileSchema = z.object({
  note: z.string(),
  worker: modelSchema,
  planner: modelSchema.optional(),
  large: modelSchema.optional(),
  /** Share of wrong answers that syntax and names give away. */
  visibleFaults: z.number().min(0).max(1),
  /** Several pieces in one answer are harder by this much times the logarithm of their number. */
  manyPiecesHarder: z.number(),
  /** One piece of a plan by itself is easier, an outline helps, evidence helps a repair: in units of ability. */
  pieceEasier: z.number(),
  outlineHelps: z.number(),
  evidenceHelps: z.number(),
  /** Correlation of luck between all strategies on one request. */
  sharedLuck: z.number().min(0).max(1),
  /** Standard deviation of the logarithm of costs; now and then a call costs `outlierFactor` times as much. */
  costSpread: z.number().min(0),
  outlierShare: z.number().min(0).max(1),
  outlierFactor: positive,
  /** Changes at a share of the run, for whoever is named. */
  drift: z.array(
    z.object({ at: z.number().min(0).max(1), model: z.string(), ability: z.number(), joulesFactor: positive }),
  ),
});

export const mixFileSchema = z.object({
  name: z.string().min(1),
  note: z.string(),
  /** Whether one strategy is best for every request of it; the aims differ. */
  uniform: z.boolean(),
  requests: z
    .array(
      z.object({
        weight: positive,
        parts: z.number().int().min(1).max(8),
        /** Of one piece. */
        difficulty: z.number(),
        /** Tokens of one piece's code. */
        tokensPerPart: positive,
        /** Tokens of the prompt around it. */
        promptTokens: positive,
        /** Lines of the request's docstring: longer requests are larger tasks. */
        words: z.number().int().min(0).default(10),
      }),
    )
    .min(1),
});

export type LabModel = z.output<typeof modelSchema>;
export type LabModels = z.output<typeof modelsFileSchema>;
export type LabMix = z.output<typeof mixFileSchema>;
export type LabRequest = LabMix['requests'][number];

/** @throws with the file's name and the field that is wrong. */
export function readLabFile<Schema extends z.ZodType>(path: string, schema: Schema): z.output<Schema> {
  const parsed = schema.safeParse(JSON.parse(readFileSync(path, 'utf8')));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new Error(`${path}: ${issue?.path.join('.')}: ${issue?.message}`);
}

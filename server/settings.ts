// The one schema of all settings: types, defaults, validation, and (by `z.toJSONSchema`) the generated docs.
// Two trees on purpose: what an editor may send, and what only the machine's owner may say (DESIGN 9).

import { z } from 'zod';
import { gridCodes } from './energy/carbon.ts';

const modelName = z.string().min(1).max(200);
const webAddress = z.url({ protocol: /^https?$/, error: 'it is not an http or https address' });

/** What any editor, and so any workspace, may set under `joule.`. Nothing here can name a host, a command or a path. */
export const editorSettingsSchema = z.object({
  engine: z
    .enum(['auto', 'ollama', 'embedded'])
    .default('auto')
    .describe(
      'Which engine answers. `auto`: Ollama when it is there and has a model that writes code, then those of `engines` in `config.json`, else the embedded one. A role may name one: `NAME/MODEL`.',
    ),
  roles: z
    .object({
      planner: modelName.optional(),
      worker: modelName.optional(),
      assembler: modelName.optional(),
      judge: modelName.optional(),
      large: modelName.optional(),
      completion: modelName.optional(),
      completionLarge: modelName.optional(),
    })
    .default({})
    .describe(
      'Model names for the roles, e.g. `{"worker": "qwen2.5-coder:3b"}`. Unset roles are chosen from what the engine has. `completionLarge` is asked where `completion` is not sure; unset, it is the worker if that is the larger one.',
    ),
  strategy: z
    .enum(['auto', 'direct', 'outline', 'split', 'single'])
    .default('auto')
    .describe('How work is divided between models. `auto` explains its choice on the receipt.'),
  frugality: z.number().min(0).max(1).default(0.5).describe('0: best chance to pass. 1: fewest joules.'),
  exploration: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether `auto` may try what looks second best: one action in five at most, for at most twice the joules that a passed answer takes.',
    ),
  receipts: z
    .enum(['off', 'hint', 'information'])
    .default('hint')
    .describe('Receipt notes on generated regions, as diagnostics of this severity.'),
  receiptDays: z
    .number()
    .int()
    .min(1)
    .max(3650)
    .default(30)
    .describe('Age in days at which a receipt note disappears by itself.'),
  hover: z
    .enum(['declaration', 'region', 'off'])
    .default('declaration')
    .describe('Where hover shows a receipt: on the first line of a generated region, anywhere inside it, or nowhere.'),
  temperature: z.number().min(0).max(2).default(0.1).describe('Sampling temperature of every role.'),
  topP: z.number().gt(0).max(1).default(0.95).describe('Nucleus sampling bound of every role.'),
  seed: z
    .number()
    .int()
    .min(0)
    .max(2_147_483_647)
    .optional()
    .describe('Fixed seed. Unset: a new one per job, recorded on the receipt.'),
  think: z
    .array(z.enum(['planner', 'worker', 'judge', 'large']))
    .default([])
    .describe('Roles that may think before they answer.'),
  contextTokens: z
    .number()
    .int()
    .min(512)
    .max(1_048_576)
    .default(8192)
    .describe('Context size asked of the engine, the same for every request: a change makes it reload the model.'),
  outputTokens: z.number().int().min(16).max(65_536).default(2048).describe('Most tokens one answer may have.'),
  keepAliveSeconds: z
    .number()
    .int()
    .min(0)
    .max(86_400)
    .default(300)
    .describe('How long the engine keeps a model in memory after use.'),
  completion: z
    .object({
      automatic: z
        .enum(['on', 'off'])
        .default('off')
        .describe('Whether completions may be asked for while typing. Off: only when invoked by hand.'),
      languages: z
        .record(z.string().min(1).max(60), z.enum(['on', 'off']))
        .default({})
        .describe('By language id, `off` where no completion is wanted: `{"markdown": "off"}`.'),
      menuMilliseconds: z
        .number()
        .int()
        .min(0)
        .max(10_000)
        .default(800)
        .describe(
          'Longest time that a menu waits for the model. Then it gets an empty list, and the answer comes with the next request.',
        ),
      pauseMilliseconds: z
        .number()
        .int()
        .min(0)
        .max(5_000)
        .default(150)
        .describe('Pause in typing after which an automatic completion is asked for.'),
      contextTokens: z
        .number()
        .int()
        .min(64)
        .max(65_536)
        .default(1024)
        .describe('Most tokens that a completion’s prompt may have.'),
    })
    .prefault({})
    .describe('Completions: in the menu, and as ghost text where the editor has it.'),
  judge: z
    .enum(['on', 'off'])
    .default('off')
    .describe(
      'Whether a model (`roles.judge`) reads each answer that passed the checks. It costs a call; off, nothing is asked.',
    ),
  reuse: z
    .enum(['on', 'off'])
    .default('on')
    .describe(
      'Whether a request that was answered before, on the same code, gets the answer that passed then, at 0 J. Kept in memory only.',
    ),
  budget: z
    .object({
      actionJoules: z.number().positive().optional(),
      actionCalls: z.number().int().min(1).optional(),
      hourJoules: z.number().positive().optional(),
      dayJoules: z.number().positive().optional(),
    })
    .default({})
    .describe(
      'Most joules that one action, one hour and one day may take, and most model calls of one action. What would pass one is not begun.',
    ),
  country: z
    .enum(gridCodes)
    .optional()
    .describe(
      'Whose electricity this is, for grams of CO₂ equivalent in the hover: ISO 3166 code, or `WORLD`. Unset: none are shown.',
    ),
  ledger: z
    .enum(['on', 'off'])
    .default('on')
    .describe('Whether receipts are kept on this machine. They never hold source text.'),
});

const meterOf = z
  .enum(['local', 'remote', 'none'])
  .optional()
  .describe(
    "Declares whose counters see the engine: this machine's (`local`), another's (`remote`), nobody's (`none`).",
  );

const deviceOf = z
  .enum(['datacentre-gpu', 'desktop-gpu', 'laptop-gpu', 'apple', 'processor'])
  .optional()
  .describe(
    'What it computes on. Only for an estimate where no counter can be read, which is then given and called so.',
  );

/** What the owner knows of a model and its engine does not say. */
const namedModelSchema = z.object({
  parameters: z.number().positive().optional(),
  activeParameters: z.number().positive().optional().describe('Of a mixture of experts: those read per token.'),
  bitsPerWeight: z.number().positive().max(64).optional(),
  contextLength: z.number().int().positive().optional(),
  family: z.string().min(1).max(60).optional().describe('As `general.architecture` of a GGUF has it: `qwen2`.'),
  canInfill: z.boolean().optional(),
});

const namedEngineSchema = z
  .object({
    id: z
      .string()
      .regex(/^[a-z][a-z0-9-]{0,30}$/, { error: 'an engine’s id is small letters, digits and hyphens' })
      .refine((id) => !['ollama', 'embedded', 'auto'].includes(id), { error: 'that id is taken' }),
    kind: z.literal('openai'),
    url: webAddress.refine((url) => URL.canParse(url) && !/[@?#]/.test(url), {
      error: 'the address has no password and ends after the path',
    }),
    keyFromEnvironment: z.string().min(1).optional().describe('Name of the variable that holds the key.'),
    key: z.string().min(1).optional().describe('Sent as `Authorization: Bearer`. Never logged.'),
    allowRemote: z.boolean().default(false).describe('Whether code may leave this machine for this engine.'),
    meter: meterOf,
    device: deviceOf,
    slots: z
      .number()
      .int()
      .min(1)
      .max(64)
      .optional()
      .describe('Requests it is sent side by side. Default: what llama-server says of itself, else 1.'),
    models: z.record(z.string(), namedModelSchema).default({}),
  })
  .refine((engine) => engine.key === undefined || engine.keyFromEnvironment === undefined, {
    message: 'an engine has a key or keyFromEnvironment, not both',
  });

/** Only from the command line, the environment or `$XDG_CONFIG_HOME/joule-ls/config.json`. Ignored, with one warning, over LSP. */
export const ownerSettingsSchema = z.object({
  ollama: z
    .object({
      host: z
        .string()
        .min(1)
        .optional()
        .describe('Like OLLAMA_HOST, in every form that Ollama takes. OLLAMA_HOST itself comes first.'),
      bearer: z
        .string()
        .min(1)
        .optional()
        .describe('Token sent as `Authorization: Bearer`. OLLAMA_API_KEY comes first. Never logged.'),
      meter: meterOf,
      device: deviceOf,
    })
    .default({}),
  engines: z
    .array(namedEngineSchema)
    .max(20)
    .refine((engines) => new Set(engines.map(({ id }) => id)).size === engines.length, {
      error: 'two engines have the same id',
    })
    .default([])
    .describe('Engines that speak OpenAI’s API (`docs/engines.md`): llama-server, vLLM, SGLang, LM Studio, a gateway.'),
  remoteMeter: z
    .object({
      kind: z
        .enum(['prometheus', 'zeusd'])
        .describe('`prometheus`: the metrics page of an exporter. `zeusd`: the daemon of the Zeus project.'),
      url: webAddress
        .optional()
        .describe(
          'Of the exporter, e.g. `http://10.0.0.5:9100/metrics`. Naming it allows asking it; no code goes there.',
        ),
      socket: z.string().min(1).optional().describe('Path of a Unix socket, instead of a url.'),
      token: z.string().min(1).optional().describe('Sent as `Authorization: Bearer`. Never logged.'),
      refreshSeconds: z
        .number()
        .positive()
        .max(3600)
        .optional()
        .describe('How often the exporter looks at the hardware, where that is not its default.'),
      engineMetrics: webAddress
        .optional()
        .describe(
          'Metrics page of the engine, where others use it too (llama.cpp server with `--metrics`, vLLM): joules are then shared out by tokens.',
        ),
    })
    .refine((meter) => (meter.url === undefined) !== (meter.socket === undefined), {
      message: 'remoteMeter needs a url or a socket, one of them',
    })
    .optional()
    .describe('Whose counters see the engine whose `meter` is `remote`.'),
  examples: z
    .enum(['on', 'off'])
    .default('off')
    .describe(
      'Whether examples (`>>>`) in the documentation of Python code are run on an answer before it is shown; only in the sandbox.',
    ),
  checkers: z
    .record(
      z.string().min(1).max(60),
      z
        .array(z.string().max(1000))
        .min(1)
        .max(50)
        .refine((command) => command[0] !== '' && command.some((argument) => argument.includes('{file}')), {
          message: 'a checker is a list of a program and its arguments, `{file}` among them',
        }),
    )
    .default({})
    .describe(
      'By language id, a command that reads `{file}` and complains: `{"python": ["python3", "-m", "pyflakes", "{file}"]}`. Run in the sandbox before and after an edit; what is new fails it.',
    ),
  sandbox: z
    .object({
      readable: z
        .array(z.string().regex(/^\//, { error: 'it is not an absolute path' }))
        .max(50)
        .default([])
        .describe(
          'Folders that it may read besides the system’s programs; `bin` inside of them comes first on its PATH.',
        ),
    })
    .default({ readable: [] })
    .describe('Where examples and checkers run: no network, no home, nothing written that stays.'),
  allowRemote: z.boolean().default(false).describe('Whether code may leave this machine for `ollama.host`.'),
  ledgerDirectory: z.string().min(1).optional().describe('Default: `$XDG_STATE_HOME/joule-ls`.'),
  engineDirectory: z
    .string()
    .min(1)
    .optional()
    .describe('Where the embedded engine is installed. Default: `$XDG_DATA_HOME/joule-ls/engine`.'),
  embeddedModels: z
    .array(
      z.object({
        path: z.string().regex(/^(\/|[A-Za-z]:[\\/])/, { error: 'it is not an absolute path' }),
        name: modelName.optional().describe('Default: the file’s, without `.gguf`.'),
        family: z.string().min(1).max(60).optional().describe('Default: the architecture that the file names.'),
      }),
    )
    .max(100)
    .default([])
    .describe(
      'GGUF files that the embedded engine offers, besides joule-tiny and those that `joule-ls models pull hf:…` brought.',
    ),
});

export type EditorSettings = z.output<typeof editorSettingsSchema>;
export type OwnerSettings = z.output<typeof ownerSettingsSchema>;
/** One entry of `engines`. */
export type NamedEngine = z.output<typeof namedEngineSchema>;
export type RemoteMeterSettings = NonNullable<OwnerSettings['remoteMeter']>;

export const defaultEditorSettings: EditorSettings = editorSettingsSchema.parse({});

/**
 * Reads what an editor sent, key by key: a bad value keeps the previous one and is reported once, the rest still counts.
 * @returns the settings, a sentence per rejected value, and the names of owner-only keys that were ignored.
 */
export function readEditorSettings(
  sent: unknown,
  previous: EditorSettings,
): { settings: EditorSettings; problems: string[]; ignored: string[] } {
  const problems: string[] = [];
  const ignored: string[] = [];
  if (sent === null || sent === undefined) return { settings: previous, problems, ignored };
  if (typeof sent !== 'object' || Array.isArray(sent)) {
    return { settings: previous, problems: [`joule settings must be an object, not ${describeType(sent)}`], ignored };
  }
  const settings: Record<string, unknown> = { ...previous };
  for (const [key, value] of Object.entries(sent)) {
    if (Object.hasOwn(ownerSettingsSchema.shape, key)) ignored.push(`joule.${key}`);
    else if (Object.hasOwn(editorSettingsSchema.shape, key)) {
      const parsed = editorSettingsSchema.shape[key as keyof typeof editorSettingsSchema.shape].safeParse(
        value ?? undefined,
      );
      if (parsed.success) settings[key] = parsed.data;
      else problems.push(`joule.${key}: ${parsed.error.issues[0]?.message ?? 'not valid'}; the previous value stays`);
    } else problems.push(`joule.${key} is not a setting of joule-ls`);
  }
  return { settings: settings as EditorSettings, problems, ignored };
}

function describeType(value: unknown): string {
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

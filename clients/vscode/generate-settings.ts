// Writes the settings of package.json from the server's one schema, so that both say the same.
//   tsx generate-settings.ts           writes them
//   tsx generate-settings.ts --check   fails when package.json says something else

import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { editorSettingsSchema } from '../../server/settings.ts';

const path = fileURLToPath(new URL('./package.json', import.meta.url));

/** The extension's own: how the server is started. `machine`: no workspace can set them. */
const own = {
  'joule-ls.serverCommand': {
    type: 'array',
    items: { type: 'string' },
    default: [],
    scope: 'machine',
    markdownDescription:
      'Program and arguments of another joule-ls, e.g. `["/usr/local/bin/joule-ls"]`. Empty: the one in this extension.',
  },
  'joule-ls.ollamaHost': {
    type: 'string',
    default: '',
    scope: 'machine',
    markdownDescription:
      'Given to the server as `OLLAMA_HOST`, in every form that Ollama takes. Empty: the environment, then `config.json`. Code leaves this machine only if `allowRemote` in `config.json` says so.',
  },
};

/** `contributes.configuration.properties` of package.json. */
export function settingsProperties(): Record<string, unknown> {
  const { properties = {} } = z.toJSONSchema(editorSettingsSchema, { io: 'input' });
  const shared = Object.entries(properties).map(([key, schema]) => {
    if (typeof schema === 'boolean') throw new Error(`joule.${key} has no schema`);
    const { description, type, ...rest } = schema;
    if (description === undefined) throw new Error(`joule.${key} has no description in server/settings.ts`);
    // VS Code makes up a default (0 for a number) where there is none: unset has to be a value.
    const kind = 'default' in rest ? { type } : { type: [type, 'null'], default: null };
    return [`joule.${key}`, { ...rest, ...kind, scope: 'window', markdownDescription: description }];
  });
  return { ...Object.fromEntries(shared), ...own };
}

function main(check: boolean): void {
  const text = readFileSync(path, 'utf8');
  const manifest = JSON.parse(text);
  const stale = JSON.stringify(manifest.contributes.configuration.properties) !== JSON.stringify(settingsProperties());
  if (check && stale) {
    process.stderr.write('clients/vscode/package.json is older than server/settings.ts: npm run settings\n');
    process.exitCode = 1;
  }
  if (check || !stale) return;
  manifest.contributes.configuration.properties = settingsProperties();
  writeFileSync(path, `${JSON.stringify(manifest, null, 2)}\n`);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) main(process.argv.includes('--check'));

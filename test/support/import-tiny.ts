// Imports joule-tiny into an Ollama as `ollama create` does with the Modelfile of `joule-ls models modelfile`: the file as a blob, then the model.

import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tinyParameters, tinyTemplate } from '../../server/models/tiny-modelfile.ts';
import { tinyModelPath } from './install-engine.ts';

/** @param url of the Ollama. @returns why it did not work; undefined when it has the model now. */
export async function importTiny(url: string): Promise<string | undefined> {
  const content = await readFile(tinyModelPath);
  const digest = `sha256:${createHash('sha256').update(content).digest('hex')}`;
  const blob = `${url}/api/blobs/${digest}`;
  if ((await fetch(blob, { method: 'HEAD' })).status !== 200) {
    const sent = await fetch(blob, { method: 'POST', body: new Uint8Array(content) });
    if (!sent.ok) return `it took no blob: ${sent.status} ${(await sent.text()).slice(0, 200)}`;
  }
  const model = {
    model: 'joule-tiny',
    files: { 'joule-tiny.gguf': digest },
    template: tinyTemplate,
    parameters: tinyParameters,
    stream: false,
  };
  const created = await fetch(`${url}/api/create`, { method: 'POST', body: JSON.stringify(model) });
  return created.ok ? undefined : `it created no model: ${created.status} ${(await created.text()).slice(0, 200)}`;
}

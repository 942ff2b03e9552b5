// llama.cpp without us, for comparison: node-llama-cpp called as its manual says, in a process of its own. Gets `{prompt}` by IPC, answers
// with the first token as soon as it is there. Started by embedded-cost.ts: `direct-llama.ts ENTRY MODEL`.

import { pathToFileURL } from 'node:url';
import type { LlamaModel } from '../../server/models/embedded-llama.ts';

interface Library {
  getLlama(options: object): Promise<{ loadModel(options: object): Promise<LlamaModel> }>;
}

const [entryPath = '', modelPath = ''] = process.argv.slice(2);
const { getLlama } = (await import(pathToFileURL(entryPath).href)) as Library;
const options = {
  gpu: false,
  build: 'never',
  skipDownload: true,
  progressLogs: false,
  logLevel: 'error',
  maxThreads: 1,
};
const model = await (await getLlama(options)).loadModel({ modelPath });
const sequence = (await model.createContext({ contextSize: 512, sequences: 1, threads: 1 })).getSequence();
process.on('disconnect', () => process.exit(0));
process.on('message', ({ prompt }: { prompt: string }) => void answer(prompt));
process.send?.({ ready: true });

async function answer(prompt: string): Promise<void> {
  const tokens = model.tokenize(prompt, true);
  await sequence.adaptStateToTokens(tokens.slice(0, -1), false);
  const rest = tokens.slice(sequence.nextTokenIndex);
  for await (const { token } of sequence.evaluateWithMetadata(rest, { confidence: false }, { temperature: 0 })) {
    process.send?.({ text: model.detokenize([token], false, []) });
    break;
  }
}

// The syntax thread: parses one text after the other and answers with facts. Knows nothing of documents or editors.

import { parentPort, workerData } from 'node:worker_threads';
import { createParsing } from './parse.ts';
import type { CancelFlag, ParsedMessage, ParseMessage } from './worker-messages.ts';

const parsing = createParsing();
const unwanted = new Int32Array(workerData as CancelFlag);

async function answer({ id, languageId, text }: ParseMessage): Promise<ParsedMessage> {
  const isCancelled = (): boolean => Atomics.load(unwanted, 0) === id;
  if (isCancelled()) return { id };
  try {
    const facts = await parsing.facts(languageId, text, isCancelled);
    return facts === undefined ? { id } : { id, facts: JSON.stringify(facts) };
  } catch (error) {
    return { id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (message: ParseMessage) => {
  void answer(message).then((reply) => parentPort?.postMessage(reply));
});

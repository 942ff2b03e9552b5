// The syntax thread: parses one text after the other and answers with facts. Knows nothing of documents or editors.

import { parentPort, workerData } from 'node:worker_threads';
import { createParsing } from './parse.ts';
import type { CancelFlag, ParsedMessage, ParseMessage } from './worker-messages.ts';

const parsing = createParsing();
const unwanted = new Int32Array(workerData as CancelFlag);

/** JSON of more UTF-16 units would make the server's own thread stand still for over 50 ms while it reads them. */
const maximumFactsLength = 10_000_000;

async function answer({ id, languageId, text }: ParseMessage): Promise<ParsedMessage> {
  const isCancelled = (): boolean => Atomics.load(unwanted, 0) === id;
  if (isCancelled()) return { id };
  try {
    const facts = await parsing.facts(languageId, text, isCancelled);
    const json = facts === undefined ? undefined : JSON.stringify(facts);
    return json === undefined || json.length > maximumFactsLength ? { id } : { id, facts: json };
  } catch (error) {
    return { id, failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
  }
}

parentPort?.on('message', (message: ParseMessage) => {
  void answer(message).then((reply) => parentPort?.postMessage(reply));
});

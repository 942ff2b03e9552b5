// Which stop filters end the generation of an answer to a task.

import { squeezed } from '../base/text.ts';
import {
  type StopFilter,
  stopAfterFence,
  stopAtProse,
  stopAtRepetition,
  stopAtSecondDefinition,
} from '../gateway/stop-filters.ts';
import type { SymbolFacts } from '../syntax/facts.ts';
import type { AnswerForm } from './form.ts';
import type { Task } from './task.ts';

/** A looping model is stopped always; a code answer also ends where code can't go on. */
export function stopFiltersFor(task: Task, form: AnswerForm = 'whole'): readonly StopFilter[] {
  if (form === 'blocks') {
    const unasked = codeFilters(task).map(unlessBlocks);
    return [stopAtRepetition(), ...[afterBlocks, ...unasked].map(behindThinking)];
  }
  return [stopAtRepetition(), ...codeFilters(task).map(behindThinking)];
}

/** A model that was asked for blocks and writes the whole code is stopped like any other. */
function unlessBlocks(filter: StopFilter): StopFilter {
  return {
    name: filter.name,
    decide: (text) => (/<{5,9}[ \t]*SEARCH/.test(text) ? undefined : filter.decide(text)),
  };
}

/** Behind a block comes another one, a fence's end or nothing: whatever else begins there is talk. */
const afterBlocks: StopFilter = {
  name: 'blocks',
  decide: (text) => {
    const talk = /^[ \t]*>{5,9}[ \t]*REPLACE[ \t]*\n(?:[ \t]*(?:```|~~~)?[ \t]*\n)*(?=[^\s<`~])/m.exec(text);
    if (talk === null) return undefined;
    const keep = talk.index + talk[0].length;
    // The next block may come with a heading of its own.
    return text.slice(keep).length < 200 || /<{5,9}[ \t]*SEARCH/.test(text.slice(keep))
      ? undefined
      : { keep, why: 'all blocks are written' };
  },
};

function codeFilters(task: Task): StopFilter[] {
  if (task.actionId === 'explain' || task.actionId === 'document') return [];
  if (task.actionId === 'test') return [stopAtProse()];
  if (task.target.kind !== 'symbol') return [stopAtProse(), stopAfterFence()];
  const { symbol } = task.target;
  const filters = [stopAtProse(), stopAtSecondDefinition(symbol.name), onlyBehind(symbol.name, stopAfterFence())];
  return filters.map((filter) => notBehindQuote(task.text, symbol, filter));
}

/** Some models quote the code they were given before they answer: behind the quote nothing is complete yet. */
function notBehindQuote(text: string, symbol: SymbolFacts, filter: StopFilter): StopFilter {
  const whole = squeezed(text.slice(symbol.range.start, symbol.range.end));
  const body = squeezed(symbol.body === undefined ? '' : text.slice(symbol.body.start, symbol.body.end));
  const isQuote = (kept: string): boolean => {
    const said = squeezed(kept).replace(/[`~]+$/, '');
    return said.includes(whole) || said.endsWith(body === '' ? '{}' : body) || said.endsWith(`${body}}`);
  };
  return {
    name: filter.name,
    decide: (answer) => {
      const decision = filter.decide(answer);
      return decision !== undefined && isQuote(answer.slice(0, decision.keep)) ? undefined : decision;
    },
  };
}

/** Models without a channel of their own for it think aloud in the answer: what is drafted there is not the answer yet. */
function behindThinking(filter: StopFilter): StopFilter {
  return {
    name: filter.name,
    decide: (text) => {
      const opened = /^\s*<(think|thinking|reasoning|thought|reflection|analysis|scratchpad)>/i.exec(text);
      if (opened === null) return filter.decide(text);
      const close = text.indexOf(`</${opened[1]}>`);
      if (close === -1) return undefined;
      const decision = filter.decide(text.slice(close));
      return decision && { ...decision, keep: close + decision.keep };
    },
  };
}

/** A first block may hold only an import or an example: the filter counts once the name has been written. */
function onlyBehind(name: string, filter: StopFilter): StopFilter {
  return {
    name: filter.name,
    decide: (text) => {
      const decision = filter.decide(text);
      return decision !== undefined && text.slice(0, decision.keep).includes(name) ? decision : undefined;
    },
  };
}

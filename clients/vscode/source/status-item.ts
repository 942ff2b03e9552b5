// The status bar item. Its words are status-text.ts's.

import { type Disposable, StatusBarAlignment, window } from 'vscode';
import { type StatusFacts, statusText, statusTooltip } from './status-text.ts';

export interface Status extends Disposable {
  /** What is left out stays as it was. */
  update(news: Partial<StatusFacts>): void;
}

export function createStatus(): Status {
  const item = window.createStatusBarItem('joule-ls.status', StatusBarAlignment.Right, 90);
  item.name = 'joule-ls';
  let facts: StatusFacts = { running: [], today: undefined, last: undefined };
  return {
    update(news) {
      facts = { ...facts, ...news };
      item.text = statusText(facts);
      item.tooltip = statusTooltip(facts);
      item.command = facts.running.length > 0 ? 'joule-ls.cancel' : 'joule-ls.run';
      item.show();
    },
    dispose: () => item.dispose(),
  };
}

// Completions in VS Code, by its own keys: in the menu, and as ghost text.

import { eventually, type Outcome } from './editor.ts';
import { acceptedReceipts } from './kept-receipts.ts';
import { begunLine, completion, sumsCompleted } from './sample.ts';
import { type Session, textIs } from './vscode-steps.ts';
import type { VscodeWindow } from './vscode-window.ts';

export async function completeByMenu({ window, context }: Session): Promise<Outcome> {
  await beginLine(window);
  await menuShows(window);
  await window.press('Enter');
  await textIs(window, sumsCompleted);
  await eventually('the acceptance on the ledger', () => acceptedReceipts(context) === 1);
  return 'passed';
}

export async function completeByGhost({ window, context }: Session): Promise<Outcome> {
  await switchAutomatic(window, { automatic: 'on' });
  await beginLine(window);
  await ghostShows(window);
  await window.press('Tab');
  await textIs(window, sumsCompleted);
  await eventually('the acceptance on the ledger', () => acceptedReceipts(context) === 1);
  return 'passed';
}

/** Opens a line above the last one and begins it. */
export async function beginLine(window: VscodeWindow): Promise<void> {
  await window.cursor(7, 4);
  await window.press('Control+Shift+Enter');
  await window.page.keyboard.type(begunLine);
}

/** A model that takes longer than the menu may wait has its answer there when it is asked again. */
export async function menuShows(window: VscodeWindow): Promise<void> {
  const menu = window.page.locator('.suggest-widget.visible');
  const seen = async (): Promise<string> => (await menu.allInnerTexts()).join();
  await eventually(
    'the item in the menu',
    async () => {
      if ((await seen()).includes(completion)) return true;
      await window.press('Escape', 'Control+Space');
      return eventually('it', async () => (await seen()).includes(completion), { seconds: 2 }).catch(() => false);
    },
    { seen },
  );
}

export async function ghostShows(window: VscodeWindow): Promise<void> {
  const ghost = window.page.locator('.ghost-text-decoration, .ghost-text, .ghost-text-decoration-preview');
  const seen = async (): Promise<string> => (await ghost.allInnerTexts()).join('');
  await eventually('ghost text', async () => (await seen()).replace(/\u00a0/g, ' ').includes(completion), {
    seen: async () => `${await seen()} in ${await window.text()}`,
  });
}

export async function switchAutomatic(window: VscodeWindow, value: object | undefined): Promise<void> {
  const set = `update('completion', ${JSON.stringify(value)}, vscode.ConfigurationTarget.Global)`;
  await window.ask(`await vscode.workspace.getConfiguration('joule').${set}`);
}

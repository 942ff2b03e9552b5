// The ordered list of code actions: what menus show first stands first. A new action is one file and one line here.

import type { ActionId } from '../pipeline/task.ts';
import type { Action } from './action.ts';
import { document } from './document.ts';
import { explain } from './explain.ts';
import { fix } from './fix.ts';
import { implement } from './implement.ts';
import { rewrite } from './rewrite.ts';
import { test } from './test.ts';

/**
 * | action    | kind                              | offered with a cursor                             | and with a selection    | without a grammar         |
 * |-----------|-----------------------------------|---------------------------------------------------|-------------------------|---------------------------|
 * | implement | `refactor.rewrite.joule.implement`| in a stub, on a TODO or `joule:` comment, on the  | with stubs or a TODO    | at a TODO or `joule:`     |
 * |           |                                   | name of a class with stubs                        |                         |                           |
 * | fix       | `quickfix.joule.fix`              | on the lines of a diagnostic                      | touching a diagnostic   | the same, as lines        |
 * | rewrite   | `refactor.rewrite.joule.rewrite`  | on a name line or comment, where a `joule:`       | always                  | a selection               |
 * |           |                                   | comment says how                                  |                         |                           |
 * | document  | `refactor.rewrite.joule.document` | on a definition's name line                       | with one name in it     | no                        |
 * | test      | `refactor.rewrite.joule.test`     | on a definition's name line, not in test files    | with one name in it     | no                        |
 * | explain   | `refactor.rewrite.joule.explain`  | on a definition's name line                       | always                  | a selection               |
 *
 * All but `fix` share `refactor.rewrite.joule.`, also those that rewrite nothing: VS Code leaves `source.*` out of its quick
 * menu and puts kinds that it does not know under "More Actions…", and one prefix lists them all.
 * An editor that asks for an action's own kind gets it wherever the definition around the cursor allows.
 */
export const actions: readonly Action[] = [implement, fix, rewrite, document, test, explain];

export function actionById(id: ActionId): Action | undefined {
  return actions.find((action) => action.id === id);
}

// The commands of the palette. Each looks up the server's own code actions at the cursor and runs one of them.

import { type CodeAction, commands, type Disposable, languages, Range, type TextEditor, window } from 'vscode';
import type { Connection } from './connection.ts';
import { openProgramTerminal } from './program-terminal.ts';

export function registerCommands(connection: Connection): Disposable[] {
  const register = (id: string, run: () => Promise<void> | void): Disposable =>
    commands.registerCommand(`joule-ls.${id}`, async () => {
      try {
        await run();
      } catch (error) {
        void window.showErrorMessage(`joule: ${error instanceof Error ? error.message : String(error)}`);
      }
    });
  return [
    register('run', () => runWithInstruction(connection)),
    register('fix', () => fix(connection)),
    register('cancel', async () => void (await connection.execute('joule.cancel', []))),
    register('report', async () => void (await connection.execute('joule.report', []))),
    register('restart', () => connection.restart()),
    register('doctor', () => openProgramTerminal('joule-ls doctor', connection.program(['doctor']))),
    register('installEngine', () => openProgramTerminal('joule-ls engine', connection.program(['engine', 'install']))),
  ];
}

/** Choose what to do here, with its predicted joules, then say how; an empty line leaves that to the model. */
async function runWithInstruction(connection: Connection): Promise<void> {
  const editor = activeEditor();
  const actions = await actionsAt(editor, editor.selection, 'refactor.rewrite.joule');
  if (actions.length === 0) {
    void window.showInformationMessage(
      'joule: nothing to do here. Put the cursor on the first line of a definition, or select lines.',
    );
    return;
  }
  const labels = actions.map((action) => action.title.replace(/^joule: /, ''));
  const picked = await window.showQuickPick(labels, { placeHolder: 'What shall joule-ls do here?' });
  const action = actions[picked === undefined ? -1 : labels.indexOf(picked)];
  if (action === undefined) return;
  const instruction = await window.showInputBox({
    title: picked ?? '',
    prompt: 'How? Enter alone leaves it to the model.',
  });
  if (instruction === undefined) return;
  await execute(connection, action, instruction.trim() === '' ? {} : { instruction: instruction.trim() });
}

/** Fixes what any server or linter complains about on the cursor's line, or in the selection. */
async function fix(connection: Connection): Promise<void> {
  const editor = activeEditor();
  const { document, selection } = editor;
  const lines = new Range(selection.start.line, 0, selection.end.line, document.lineAt(selection.end.line).text.length);
  const complaint = languages
    .getDiagnostics(document.uri)
    .filter((one) => one.source !== 'joule' && one.range.intersection(lines) !== undefined)
    .sort((a, b) => a.severity - b.severity)[0];
  const [action] = await actionsAt(editor, complaint?.range ?? lines, 'quickfix.joule.fix');
  if (action === undefined) {
    void window.showInformationMessage('joule: there is no problem on this line to fix.');
    return;
  }
  await execute(connection, action, {});
}

async function actionsAt({ document }: TextEditor, range: Range, kind: string): Promise<CodeAction[]> {
  const found = await commands.executeCommand<CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    kind,
  );
  return found.filter(({ command }) => command?.command === 'joule.run');
}

async function execute(connection: Connection, { command }: CodeAction, more: object): Promise<void> {
  const argument: unknown = command?.arguments?.[0];
  await connection.execute('joule.run', [{ ...(argument as object), ...more }]);
}

function activeEditor(): TextEditor {
  const editor = window.activeTextEditor;
  if (editor === undefined) throw new Error('open a file first');
  return editor;
}

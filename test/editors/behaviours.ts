// What every editor is driven through, in the order of the table's rows. Knows no editor.

/** `shows` is the row's text: what was looked at, not what was called. */
export const behaviours = [
  { id: 'attach', shows: 'attaches to a Python file' },
  { id: 'list', shows: 'lists actions with predicted joules' },
  { id: 'run', shows: 'runs an action, chosen from the list' },
  { id: 'progress', shows: 'shows progress while it runs' },
  { id: 'edit', shows: 'edit applied: the buffer is, letter by letter, what it should be' },
  { id: 'note', shows: 'receipt note on the generated lines' },
  { id: 'hover', shows: 'hover shows the receipt' },
  { id: 'key-implement', shows: 'one key implements' },
  { id: 'cancel-action', shows: 'cancel by the code action: engine stops, buffer untouched' },
  { id: 'cancel-command', shows: "cancel by the editor's own command" },
  { id: 'rebase', shows: 'typing elsewhere during a job: edit lands in the moved place' },
  { id: 'kept', shows: 'typing in the place during a job: result kept, inserted on request' },
  { id: 'settings', shows: 'settings changed live' },
  { id: 'beside', shows: 'a second server on the same buffer keeps working' },
  { id: 'fix', shows: "one key fixes the second server's diagnostic" },
  { id: 'engine-down', shows: 'no engine: one message that says what to do' },
  { id: 'budget', shows: 'over the budget: one message, no request to the engine, buffer untouched' },
  { id: 'test-file', shows: 'a new test file is created' },
  { id: 'restart', shows: 'hover and note still there after a restart' },
  {
    id: 'two-windows',
    shows: 'two windows, two servers, one file: both answer at once, each shows what the other wrote',
  },
  { id: 'menu', shows: 'a completion asked for by key in the menu: shown, taken, on the ledger as accepted' },
  { id: 'ghost', shows: 'ghost text while typing: shown, taken, on the ledger as accepted' },
  { id: 'report', shows: 'the report opens from the editor: in the browser, or a message says where it is' },
  { id: 'exit', shows: 'clean exit: no process left' },
  { id: 'killed', shows: 'editor killed during a job: no process, no engine request, no half edit left' },
] as const;

export type BehaviourId = (typeof behaviours)[number]['id'];

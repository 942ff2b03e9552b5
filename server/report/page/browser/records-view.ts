// The table of records in the browser: one page of it is drawn at a time, out of columns that stay as they came.
// Everything is set as text; nothing of the data is ever parsed as markup.

import { formatJoules } from '../../../energy/format.ts';
import { isKnown, type Joules, sumJoules } from '../../../energy/joules.ts';
import {
  cellText,
  figureClass,
  holds,
  isFigure,
  joulesAt,
  type PackedColumn,
  type PackedRecords,
  statusText,
} from '../cells.ts';
import { rowsShown } from '../records-shown.ts';

export interface RecordsView {
  /** Shows the rows that hold all of these texts, by column key. */
  show(filter: Readonly<Record<string, string>>): void;
  /** Brings the table before the reader's eyes. */
  focus(): void;
}

/** Above so many different words a menu is no help. */
const longestMenu = 60;

export function createRecordsView(records: PackedRecords): RecordsView {
  const shown = records.columns.filter((column) => !column.hidden);
  const table = element('records-table');
  const body = table.querySelector('tbody') ?? table;
  const status = element('records-status');
  const pager = element('records-pager');
  const all = element('records-all');
  const menus = new Map<string, HTMLSelectElement>();
  let filter: Record<string, string> = {};
  let words = '';
  let order: { readonly key: string; readonly down: boolean } | undefined;
  let rows: number[] = [];
  let page = 0;
  const innerRows = rowsByOwner(records);

  function matching(): number[] {
    const asked = Object.entries(filter).flatMap(([key, text]) => {
      const column = records.columns.find((one) => one.key === key);
      return column === undefined ? [] : [{ column, text }];
    });
    const texts = records.columns.filter((column) => column.kind === 'text' || column.kind === 'words');
    const matches = texts.map((column) => wordsWith(column, words));
    const found: number[] = [];
    for (let row = 0; row < records.rows; row++) {
      if (!asked.every(({ column, text }) => holds(column, row, text))) continue;
      if (words !== '' && !texts.some((column, index) => hasWord(column, row, matches[index]))) continue;
      found.push(row);
    }
    const column = records.columns.find((one) => one.key === order?.key);
    if (column !== undefined && order !== undefined) sort(found, column, order.down);
    return found;
  }

  function refresh(): void {
    rows = matching();
    page = 0;
    draw();
  }

  function draw(): void {
    const pages = Math.max(1, Math.ceil(rows.length / rowsShown));
    const visible = rows.slice(page * rowsShown, (page + 1) * rowsShown);
    body.replaceChildren(...visible.map(rowOf));
    const filtered = rows.length < records.rows;
    const name = rows.length === 1 ? records.one : records.many;
    const by = Object.entries(filter).map(([key, text]) => `${titleOf(key)} ${text}`);
    const about = [...by, ...(words === '' ? [] : [`“${words}”`])].join(', ');
    status.textContent = [
      `${rows.length}${filtered ? ` of ${records.rows}` : ''} ${name}`,
      ...(about === '' ? [] : [about]),
      ...sumsOf(),
    ].join(' · ');
    all.hidden = !filtered;
    pager.hidden = pages === 1;
    element('records-page').textContent = `Page ${page + 1} of ${pages}`;
    for (const button of pager.querySelectorAll('button')) {
      const back = button.dataset.page === 'first' || button.dataset.page === 'previous';
      button.disabled = back ? page === 0 : page === pages - 1;
    }
    for (const [key, menu] of menus) menu.value = filter[key] ?? '';
    for (const head of table.querySelectorAll<HTMLElement>('thead th')) {
      if (head.dataset.key === order?.key)
        head.setAttribute('aria-sort', order?.down === true ? 'descending' : 'ascending');
      else head.removeAttribute('aria-sort');
    }
  }

  /** What the rows have together, where there are joules. */
  function sumsOf(): string[] {
    const column = shown.find((one) => one.kind === 'joules');
    if (column?.kind !== 'joules' || rows.length === 0) return [];
    const known = { measured: 0, estimated: 0, simulated: 0 };
    let joules = 0;
    let plusMinus = 0;
    let unknown = 0;
    for (const row of rows) {
      const kind = statusText(column, row);
      if (kind === 'measured' || kind === 'estimated' || kind === 'simulated') {
        known[kind]++;
        joules += column.values[row] ?? 0;
        plusMinus += column.plusMinus[row] ?? 0;
      } else unknown++;
    }
    const weakest = known.simulated > 0 ? 'simulated' : known.estimated > 0 ? 'estimated' : 'measured';
    const sum: Joules =
      unknown === rows.length
        ? sumJoules([], 'none has a figure')
        : { status: weakest, joules, plusMinusJoules: plusMinus, scope: 'machine', coverage: [] };
    const text = `${unknown > 0 && isKnown(sum) ? 'at least ' : ''}${formatJoules(sum)}`;
    return [`together ${text}`, ...(unknown > 0 && isKnown(sum) ? [`${unknown} without a figure`] : [])];
  }

  function titleOf(key: string): string {
    return records.columns.find((one) => one.key === key)?.title.toLowerCase() ?? key;
  }

  function rowOf(row: number): HTMLTableRowElement {
    const line = document.createElement('tr');
    for (const column of shown) line.append(cellOf(column, row));
    const own = innerRows?.get(row);
    if (records.inner !== undefined) {
      const first = line.insertCell(0);
      if (own !== undefined) first.append(openButton(line, own));
    }
    return line;
  }

  function openButton(line: HTMLTableRowElement, own: readonly number[]): HTMLButtonElement {
    const button = document.createElement('button');
    button.type = 'button';
    button.className = 'open';
    button.textContent = records.inner?.title ?? '';
    button.setAttribute('aria-expanded', 'false');
    button.addEventListener('click', () => {
      const open = line.nextElementSibling?.classList.contains('inner') === true;
      if (open) line.nextElementSibling?.remove();
      else line.after(innerTable(own));
      button.setAttribute('aria-expanded', String(!open));
    });
    return button;
  }

  function innerTable(own: readonly number[]): HTMLTableRowElement {
    const columns = records.inner?.columns ?? [];
    const line = document.createElement('tr');
    line.className = 'inner';
    const cell = line.insertCell();
    cell.colSpan = shown.length + 1;
    const inner = document.createElement('table');
    inner.createCaption().textContent = records.inner?.title ?? '';
    const head = inner.createTHead().insertRow();
    for (const column of columns) head.append(headOf(column));
    const rest = inner.createTBody();
    for (const row of own) {
      const made = rest.insertRow();
      for (const column of columns) made.append(cellOf(column, row));
    }
    cell.append(inner);
    return line;
  }

  function prepareHeads(): void {
    for (const head of table.querySelectorAll<HTMLElement>('thead th')) {
      const { key } = head.dataset;
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = head.textContent;
      button.addEventListener('click', () => {
        const down = order?.key === key ? !order?.down : head.classList.contains('figure');
        order = { key: key ?? '', down };
        refresh();
      });
      head.replaceChildren(button);
    }
    if (records.inner !== undefined) table.querySelector('thead tr')?.prepend(document.createElement('td'));
  }

  function prepareFilters(): void {
    const form = element('records-filters');
    const label = (text: string, control: HTMLElement): void => {
      const one = document.createElement('label');
      one.append(text, control);
      form.append(one);
    };
    const search = document.createElement('input');
    search.type = 'search';
    search.addEventListener('input', () => {
      words = search.value.trim().toLowerCase();
      refresh();
    });
    label('Find', search);
    for (const column of records.columns) {
      const options = column.menu ? menuOf(column) : [];
      if (options.length < 2) continue;
      const menu = document.createElement('select');
      menu.append(new Option('all', ''), ...options.map((text) => new Option(text, text)));
      menu.addEventListener('change', () => {
        filter = { ...filter, [column.key]: menu.value };
        if (menu.value === '') delete filter[column.key];
        refresh();
      });
      menus.set(column.key, menu);
      label(column.title, menu);
    }
    form.addEventListener('submit', (event) => event.preventDefault());
    all.addEventListener('click', () => {
      search.value = '';
      words = '';
      filter = {};
      history.replaceState(undefined, '', '#records');
      refresh();
      element('records-title').focus();
    });
    pager.addEventListener('click', (event) => {
      const to = event.target instanceof HTMLElement ? event.target.dataset.page : undefined;
      const lastPage = Math.max(0, Math.ceil(rows.length / rowsShown) - 1);
      if (to === undefined) return;
      page =
        { first: 0, previous: Math.max(0, page - 1), next: Math.min(lastPage, page + 1), last: lastPage }[to] ?? page;
      draw();
    });
  }

  prepareHeads();
  prepareFilters();
  return {
    show(asked) {
      filter = { ...asked };
      refresh();
    },
    focus() {
      const title = element('records-title');
      title.focus({ preventScroll: true });
      title.scrollIntoView({ block: 'start' });
    },
  };
}

function element(id: string): HTMLElement {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
}

function headOf(column: PackedColumn): HTMLTableCellElement {
  const head = document.createElement('th');
  head.scope = 'col';
  head.textContent = column.title;
  if (isFigure(column)) head.className = 'figure';
  return head;
}

function cellOf(column: PackedColumn, row: number): HTMLTableCellElement {
  const cell = document.createElement('td');
  cell.textContent = cellText(column, row);
  if (isFigure(column)) cell.className = figureClass(cell.textContent ?? '');
  return cell;
}

function rowsByOwner({ inner }: PackedRecords): Map<number, number[]> | undefined {
  if (inner === undefined) return undefined;
  const owners = new Map<number, number[]>();
  for (const [row, owner] of inner.rowOf.entries()) {
    const own = owners.get(owner);
    if (own === undefined) owners.set(owner, [row]);
    else own.push(row);
  }
  return owners;
}

function menuOf(column: PackedColumn): string[] {
  if (column.kind === 'joules')
    return ['measured', 'estimated', 'simulated', 'unknown'].filter((text) => some(column, text));
  if (column.kind === 'number' || column.words.length > longestMenu) return [];
  return [...column.words].sort((a, b) => a.localeCompare(b));
}

function some(column: PackedColumn & { kind: 'joules' }, text: string): boolean {
  return column.statuses.some((_, row) => statusText(column, row) === text);
}

/** By number the words that hold the text: looked up once, not once a row. */
function wordsWith(column: PackedColumn, text: string): readonly boolean[] {
  return 'words' in column ? column.words.map((word) => word.toLowerCase().includes(text)) : [];
}

function hasWord(column: PackedColumn, row: number, matches: readonly boolean[] | undefined): boolean {
  if (column.kind === 'text') return matches?.[column.values[row] ?? -1] === true;
  return column.kind === 'words' && (column.values[row] ?? []).some((index) => matches?.[index] === true);
}

/** What is unknown comes last, whichever way it is sorted. */
function sort(rows: number[], column: PackedColumn, down: boolean): void {
  const sign = down ? -1 : 1;
  if (column.kind === 'text' || column.kind === 'words') {
    const places = [...column.words.keys()].sort((a, b) =>
      (column.words[a] ?? '').localeCompare(column.words[b] ?? '', undefined, { numeric: true }),
    );
    const rank = new Map(places.map((word, place) => [word, place]));
    const of = (row: number): number => {
      const value = column.values[row];
      return rank.get((typeof value === 'number' ? value : value?.[0]) ?? -1) ?? -1;
    };
    rows.sort((a, b) => sign * (of(a) - of(b)) || a - b);
    return;
  }
  const of = (row: number): number | undefined => {
    if (column.kind === 'number') return column.values[row] ?? undefined;
    const figure = joulesAt(column, row);
    return isKnown(figure) ? figure.joules : undefined;
  };
  rows.sort((a, b) => {
    const [left, right] = [of(a), of(b)];
    if (left === undefined || right === undefined) return Number(left === undefined) - Number(right === undefined);
    return sign * (left - right) || a - b;
  });
}

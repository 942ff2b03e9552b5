// What editors hand to the desktop: an `xdg-open` that only writes down what it was asked for. Knows no editor.

import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type EditorContext, eventually, matches } from './editor.ts';

/** Puts it into a folder that is on the editors' PATH. */
export function writeOpener(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, 'xdg-open');
  writeFileSync(file, '#!/bin/sh\nprintf "%s\\n" "$1" >> "$HOME/opened"\n');
  chmodSync(file, 0o755);
}

/** Waits until the report's page was handed over, and looks into it. @throws when it was not, or is no page. */
export async function reportOpened(context: EditorContext): Promise<void> {
  const record = join(context.home, 'opened');
  const opened = await eventually(
    'the page handed to the browser',
    () => existsSync(record) && readFileSync(record, 'utf8'),
  );
  const path = opened.trim().replace(/^file:\/\//, '');
  matches('what was handed over', path, /\/report\.html$/);
  reportIsThere(path.startsWith('/') ? path : fileURLToPath(opened.trim()));
}

/** @throws when the file is not the page with the one answer that was given. */
export function reportIsThere(path: string): void {
  const page = readFileSync(path, 'utf8');
  matches('the page', page, /<title>What the answers cost<\/title>/);
  matches('its receipts', page, /1 of 1 receipt</);
}

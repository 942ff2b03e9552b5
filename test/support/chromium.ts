// A headless Chromium, driven over its DevTools protocol through a pipe: pages from files, screenshots, PDFs. Knows no page of ours.

import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { makeTemporaryFolder } from './temporary-folder.ts';

const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome'];

/** Undefined where there is none; whoever needs it says so aloud. */
export function findChromium(): string | undefined {
  return places.find(existsSync);
}

export interface Tab {
  /** Opens a `file:` address and waits for its load event. */
  open(url: string): Promise<void>;
  /** Value of an expression in the page, awaited; it has to be plain data. @throws what it throws. */
  evaluate<Value>(expression: string): Promise<Value>;
  /** Width and height in CSS pixels, and what the reader prefers. */
  show(as: { width: number; height?: number; dark?: boolean; print?: boolean }): Promise<void>;
  /** A key as `KeyboardEvent.key` names it. */
  press(key: 'Tab' | 'Enter'): Promise<void>;
  /** PNG of all of the page, or of a part of it. */
  picture(clip?: { x: number; y: number; width: number; height: number; scale: number }): Promise<Buffer>;
  pdf(): Promise<Buffer>;
  /** What the page complained about: exceptions, the console's errors, broken content security policy; and requests beyond the file. */
  readonly complaints: string[];
  readonly requests: readonly string[];
  /** Any method of the protocol. */
  send(method: string, parameters?: object): Promise<Record<string, unknown>>;
}

export interface Chromium {
  newTab(): Promise<Tab>;
  close(): Promise<void>;
}

interface Message {
  readonly id?: number;
  readonly sessionId?: string;
  readonly method?: string;
  readonly params?: Record<string, unknown>;
  readonly result?: Record<string, unknown>;
  readonly error?: { readonly message: string };
}

export async function startChromium(program: string): Promise<Chromium> {
  const child = spawn(
    program,
    [
      '--headless=new',
      '--remote-debugging-pipe',
      `--user-data-dir=${join(makeTemporaryFolder('joule-chromium-'), 'profile')}`,
      ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
      '--disable-gpu',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--hide-scrollbars',
      '--disable-background-networking',
      '--disable-component-update',
      '--force-color-profile=srgb',
      'about:blank',
    ],
    { stdio: ['ignore', 'ignore', 'ignore', 'pipe', 'pipe'] },
  );
  const wire = connect(child);
  return {
    async newTab() {
      const { targetId } = await wire.send('Target.createTarget', { url: 'about:blank' });
      const { sessionId } = await wire.send('Target.attachToTarget', { targetId, flatten: true });
      return openTab(wire, String(sessionId));
    },
    async close() {
      const gone = new Promise((resolve) => child.once('exit', resolve));
      await wire.send('Browser.close').catch(() => child.kill('SIGKILL'));
      await gone;
    },
  };
}

interface Wire {
  send(method: string, parameters?: object, sessionId?: string): Promise<Record<string, unknown>>;
  listen(sessionId: string, listener: (method: string, parameters: Record<string, unknown>) => void): void;
}

function connect(child: ChildProcess): Wire {
  const input = child.stdio[3] as Writable;
  const output = child.stdio[4] as Readable;
  const waiting = new Map<
    number,
    { resolve: (value: Record<string, unknown>) => void; reject: (why: Error) => void }
  >();
  const listeners: { sessionId: string; listener: (method: string, parameters: Record<string, unknown>) => void }[] =
    [];
  let last = 0;
  let pieces: Buffer[] = [];
  output.on('data', (bytes: Buffer) => {
    let from = 0;
    for (let end = bytes.indexOf(0); end >= 0; end = bytes.indexOf(0, from)) {
      pieces.push(bytes.subarray(from, end));
      take(JSON.parse(Buffer.concat(pieces).toString('utf8')) as Message);
      pieces = [];
      from = end + 1;
    }
    pieces.push(bytes.subarray(from));
  });
  child.once('exit', () => {
    for (const { reject } of waiting.values()) reject(new Error('Chromium ended'));
    waiting.clear();
  });
  function take(message: Message): void {
    if (message.id === undefined) {
      for (const { sessionId, listener } of listeners)
        if (sessionId === message.sessionId) listener(message.method ?? '', message.params ?? {});
      return;
    }
    const one = waiting.get(message.id);
    waiting.delete(message.id);
    if (message.error !== undefined) one?.reject(new Error(message.error.message));
    else one?.resolve(message.result ?? {});
  }
  return {
    send(method, params = {}, sessionId) {
      last++;
      const id = last;
      input.write(`${JSON.stringify({ id, method, params, ...(sessionId === undefined ? {} : { sessionId }) })}\0`);
      return new Promise((resolve, reject) => waiting.set(id, { resolve, reject }));
    },
    listen(sessionId, listener) {
      listeners.push({ sessionId, listener });
    },
  };
}

async function openTab(wire: Wire, sessionId: string): Promise<Tab> {
  const send = (method: string, parameters?: object): Promise<Record<string, unknown>> =>
    wire.send(method, parameters, sessionId);
  const complaints: string[] = [];
  const requests: string[] = [];
  let loaded: (() => void) | undefined;
  wire.listen(sessionId, (method, parameters) => {
    if (method === 'Page.loadEventFired') loaded?.();
    if (method === 'Network.requestWillBeSent') requests.push((parameters.request as { url: string }).url);
    if (method === 'Runtime.exceptionThrown') complaints.push(JSON.stringify(parameters.exceptionDetails));
    if (method === 'Log.entryAdded') complaints.push((parameters.entry as { text: string }).text);
    if (method === 'Audits.issueAdded') complaints.push(JSON.stringify(parameters.issue));
  });
  for (const domain of ['Page', 'Network', 'Runtime', 'Log']) await send(`${domain}.enable`);
  async function navigate(url: string): Promise<void> {
    const done = new Promise<void>((resolve) => {
      loaded = resolve;
    });
    await send('Page.navigate', { url });
    await done;
  }

  return {
    complaints,
    requests,
    send,
    async open(url) {
      // Another part of the same page is no navigation.
      await navigate('about:blank');
      await navigate(url);
    },
    async evaluate<Value>(expression: string) {
      const answer = await send('Runtime.evaluate', { expression, awaitPromise: true, returnByValue: true });
      const { result, exceptionDetails } = answer as {
        result: { value: Value };
        exceptionDetails?: { exception?: { description?: string } };
      };
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description ?? expression);
      return result.value;
    },
    async show({ width, height = 900, dark = false, print = false }) {
      await send('Emulation.setDeviceMetricsOverride', { width, height, deviceScaleFactor: 1, mobile: width < 500 });
      const features = [{ name: 'prefers-color-scheme', value: dark ? 'dark' : 'light' }];
      await send('Emulation.setEmulatedMedia', { media: print ? 'print' : '', features });
    },
    async press(key) {
      const code = { Tab: 9, Enter: 13 }[key];
      const event = { key, code: key, windowsVirtualKeyCode: code, ...(key === 'Enter' ? { text: '\r' } : {}) };
      await send('Input.dispatchKeyEvent', { type: 'keyDown', ...event });
      await send('Input.dispatchKeyEvent', { type: 'keyUp', ...event });
    },
    async picture(clip) {
      const part = clip === undefined ? {} : { clip };
      const { data } = await send('Page.captureScreenshot', { format: 'png', captureBeyondViewport: true, ...part });
      return Buffer.from(String(data), 'base64');
    },
    async pdf() {
      const { data } = await send('Page.printToPDF', { printBackground: false, preferCSSPageSize: true });
      return Buffer.from(String(data), 'base64');
    },
  };
}

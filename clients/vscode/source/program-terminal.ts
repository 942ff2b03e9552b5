// A terminal that shows one run of the program and stays open. No shell is involved: nothing is quoted, nothing is typed.

import { spawn } from 'node:child_process';
import { EventEmitter, type Pseudoterminal, window } from 'vscode';
import type { ProgramStart } from './server-command.ts';

export function openProgramTerminal(name: string, { command, args, env }: ProgramStart): void {
  const written = new EventEmitter<string>();
  const write = (text: string): void => written.fire(text.replace(/\r?\n/g, '\r\n'));
  let stop = (): void => {};
  const pty: Pseudoterminal = {
    onDidWrite: written.event,
    open() {
      const child = spawn(command, args, { env, stdio: ['ignore', 'pipe', 'pipe'] });
      stop = () => void child.kill();
      for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', write);
      child.on('error', (error) => write(`${error.message}\n`));
      child.on('close', (code) => write(code === 0 ? '' : `\n(exit ${code ?? 'by a signal'})\n`));
    },
    close: () => stop(),
  };
  window.createTerminal({ name, pty }).show();
}

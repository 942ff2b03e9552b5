// The learned policy's file in the state directory: read once, written when a session ends or the owner says so. Knows no number in it.

import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { defaultPolicy, type Policy } from '../completion/policy/policy.ts';
import { policyText, readPolicy } from '../completion/policy/text.ts';

/** Beside the ledger. */
export function policyPath(stateDirectory: string): string {
  return join(stateDirectory, 'completion-policy.json');
}

export interface StoredPolicy {
  readonly policy: Policy;
  /** Why the file was not used; undefined when it was, or when there is none. */
  readonly problem: string | undefined;
}

/** Never rejects: without a usable file, the prior. */
export async function loadPolicy(path: string): Promise<StoredPolicy> {
  let text: string;
  try {
    text = await readFile(path, 'utf8');
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    return { policy: defaultPolicy, problem: isMissing ? undefined : `${path} can't be read: ${String(error)}` };
  }
  const read = readPolicy(text);
  return 'why' in read
    ? { policy: defaultPolicy, problem: `${path} is not used: ${read.why}` }
    : { policy: read, problem: undefined };
}

/** Whole or not at all: written beside it and moved. Rejects with the system's error. */
export async function savePolicy(stateDirectory: string, policy: Policy): Promise<void> {
  await mkdir(stateDirectory, { recursive: true, mode: 0o700 });
  const path = policyPath(stateDirectory);
  const beside = `${path}.${process.pid}`;
  await writeFile(beside, policyText(policy), { mode: 0o600 });
  await rename(beside, path);
}

/** Also where there is none. Rejects with the system's error. */
export async function forgetPolicy(path: string): Promise<void> {
  await rm(path, { force: true });
}

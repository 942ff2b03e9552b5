// How the server is started: the bundled one by VS Code's own Node, or what the machine's owner named. Knows nothing of VS Code.

export interface ServerSettings {
  /** `joule-ls.serverCommand`: program and arguments; empty for the bundled server. */
  readonly serverCommand: readonly string[];
  /** `joule-ls.ollamaHost`: as OLLAMA_HOST; empty leaves the environment as it is. */
  readonly ollamaHost: string;
}

export interface StartOptions {
  readonly settings: ServerSettings;
  /** The bundled `main.js`. */
  readonly bundled: string;
  /** The program that runs this extension; in desktop VS Code that is Electron, which is Node when asked to be. */
  readonly runtime: string;
  readonly environment: NodeJS.ProcessEnv;
}

export interface ProgramStart {
  readonly command: string;
  readonly args: string[];
  readonly env: NodeJS.ProcessEnv;
}

/** @param words what the program is asked for, e.g. `--stdio` or `doctor`. */
export function programStart({ settings, bundled, runtime, environment }: StartOptions, words: string[]): ProgramStart {
  const [program, ...first] = settings.serverCommand;
  const host = settings.ollamaHost === '' ? {} : { OLLAMA_HOST: settings.ollamaHost };
  if (program !== undefined) return { command: program, args: [...first, ...words], env: { ...environment, ...host } };
  const env = { ...environment, ...host, ELECTRON_RUN_AS_NODE: '1', JOULE_LS_INSIDE: 'vscode' };
  return { command: runtime, args: [bundled, ...words], env };
}

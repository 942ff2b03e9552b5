// Names of models on the Hugging Face hub, `hf:USER/REPO`, `hf:USER/REPO:QUANT`, `hf:USER/REPO/FILE.gguf`, and which file of a
// repository is meant. Pure.

/** A model file as the hub lists it. */
export interface HubFile {
  /** Inside the repository. */
  readonly path: string;
  readonly bytes: number;
  /** Hex, of the content. */
  readonly sha256: string;
}

export interface HubName {
  /** `USER/REPO` */
  readonly repository: string;
  readonly wanted:
    | { readonly kind: 'any' }
    | { readonly kind: 'quantization'; readonly name: string }
    | { readonly kind: 'file'; readonly path: string };
}

/** @returns undefined for what is not such a name. */
export function parseHubName(name: string): HubName | undefined {
  const match = /^hf:([\w.-]+\/[\w.-]+)(?::([\w.-]+)|\/([\w./ -]+\.gguf))?$/i.exec(name);
  const repository = match?.[1];
  if (match === null || repository === undefined) return undefined;
  const [, , quantization, path] = match;
  if (`${repository}/${path ?? ''}`.split('/').some((part) => part === '.' || part === '..')) return undefined;
  if (path !== undefined) return { repository, wanted: { kind: 'file', path } };
  return {
    repository,
    wanted: quantization === undefined ? { kind: 'any' } : { kind: 'quantization', name: quantization },
  };
}

/** What most people take where they name none: about a third of the size at F16 with little lost (llama.cpp and Ollama do so too). */
const usualQuantization = 'Q4_K_M';

/** @returns the file, or a sentence why none can be told, with those that there are. */
export function chooseFile(files: readonly HubFile[], { repository, wanted }: HubName): HubFile | string {
  const models = files.filter(({ path }) => /\.gguf$/i.test(path) && !/mmproj/i.test(path));
  if (models.length === 0) return `${repository} has no GGUF file`;
  const found = matching(models, wanted);
  const [only, another] = found;
  if (only === undefined) return `${repository} has no ${nameOf(wanted)}; there are ${listed(models)}`;
  if (another !== undefined && !isPart(only)) return `several files are meant: ${listed(found)}; name one of them`;
  if (isPart(only)) return `${only.path} is one of several parts; only models in one file can be pulled`;
  return only;
}

function matching(models: readonly HubFile[], wanted: HubName['wanted']): readonly HubFile[] {
  if (wanted.kind === 'file') return models.filter(({ path }) => path === wanted.path);
  if (wanted.kind === 'any' && models.length === 1) return models;
  const quantization = wanted.kind === 'any' ? usualQuantization : wanted.name;
  const pattern = new RegExp(`(?:^|[-._/])${quantization.replace(/\./g, '\\.')}(?=[-.])`, 'i');
  return models.filter(({ path }) => pattern.test(path));
}

function nameOf(wanted: HubName['wanted']): string {
  if (wanted.kind === 'any') return usualQuantization;
  return wanted.kind === 'file' ? wanted.path : wanted.name;
}

const isPart = ({ path }: HubFile): boolean => /-\d{5}-of-\d{5}\.gguf$/i.test(path);

function listed(files: readonly HubFile[]): string {
  const names = files.slice(0, 12).map(({ path }) => path);
  return [...names, ...(files.length > names.length ? [`${files.length - names.length} more`] : [])].join(', ');
}

// What the workspace around a document knows: which modules can be imported, which names the same package defines. Plain data; who reads
// it from disk is elsewhere. Everything in it may be missing, and then the checks that need it say "not executed".

export interface Surroundings {
  /** The manifest that says what is installed: its path relative to the document, and the modules that it makes importable. */
  readonly manifest?: { readonly file: string; readonly modules: readonly string[] };
  /** Modules of the workspace itself, by the name they are imported by. Go: the module path of `go.mod`. */
  readonly modules: readonly string[];
  /** Names of files and folders (these with `/`), by folder relative to the document's own: `.`, `..`, `./models`. */
  readonly folders: Readonly<Record<string, readonly string[]>>;
  /** Go: names that the other files of the package define. Undefined where they were not read. */
  readonly packageNames?: readonly string[];
}

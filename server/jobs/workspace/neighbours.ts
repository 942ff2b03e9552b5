// What the files beside a document tell: which modules they import, and which names a Go package defines in them. Text in, names out; by
// line patterns, because a wrong guess here only lets more pass.

const importPatterns: Readonly<Record<string, RegExp>> = {
  python: /^[ \t]*(?:from|import)[ \t]+([A-Za-z_]\w*)/gm,
  javascript: /(?:\bfrom|\bimport|\brequire\(|\bimport\()\s*['"]([^'".][^'"]*)['"]/g,
  go: /^\s*(?:import\s+)?(?:[\w.]+\s+)?"([^"\s]+)"\s*$/gm,
  rust: /^\s*(?:pub(?:\([^)]*\))?\s+)?(?:use|extern crate)\s+(?:::)?(\w+)/gm,
};

/** @param languageId of the document; TypeScript and its kin count as JavaScript. */
export function importedModules(text: string, languageId: string): readonly string[] {
  const pattern = importPatterns[/^(?:java|type)script/.test(languageId) ? 'javascript' : languageId];
  if (pattern === undefined) return [];
  const found = [...text.matchAll(pattern)].map(([, module = '']) => module);
  return [...new Set(found.map((module) => packageOf(module, languageId)))];
}

/** `lodash/fp` is of the package `lodash`, `@a/b/c` of `@a/b`. */
function packageOf(module: string, languageId: string): string {
  if (!/^(?:java|type)script/.test(languageId)) return module;
  const parts = module.split('/');
  return module.startsWith('@') ? parts.slice(0, 2).join('/') : (parts[0] ?? module);
}

/** Functions, types, variables and constants at the outermost level, as gofmt lays them out. */
export function goPackageNames(text: string): readonly string[] {
  const names = [...text.matchAll(/^(?:func|type|var|const)[ \t]+([\p{L}_][\p{L}\p{N}_]*)/gmu)].map(
    ([, name = '']) => name,
  );
  const blocks = [...text.matchAll(/^(?:type|var|const)[ \t]*\(([\s\S]*?)^\)/gm)].map(([, inside = '']) => inside);
  const inBlocks = blocks.flatMap((block) =>
    [...block.matchAll(/^\t([\p{L}_][\p{L}\p{N}_]*(?:,[ \t]*[\p{L}_][\p{L}\p{N}_]*)*)/gmu)].flatMap(([, list = '']) =>
      list.split(/,\s*/),
    ),
  );
  const several = [
    ...text.matchAll(/^(?:var|const)[ \t]+((?:[\p{L}_][\p{L}\p{N}_]*,[ \t]*)+[\p{L}_][\p{L}\p{N}_]*)/gmu),
  ].flatMap(([, list = '']) => list.split(/,\s*/));
  return [...new Set([...names, ...inBlocks, ...several])];
}

/** The package that a Go file says it is of. */
export function goPackageOf(text: string): string | undefined {
  return /^package[ \t]+(\w+)/m.exec(text)?.[1];
}

// Where a language's toolchain is missing: at least the file must parse without errors.

import { silentLog } from '../../../server/base/log.ts';
import { type Language, languageFacts } from '../../../server/exercises/languages.ts';
import { createSyntax } from '../../../server/syntax/syntax.ts';
import type { Runner, TestResult } from './program.ts';

export function parseCheck(language: Language): Runner {
  return {
    language,
    missing: async () => undefined,
    async run(programs) {
      const syntax = createSyntax({ log: silentLog });
      const results = new Map<string, TestResult>();
      for (const { key, text } of programs) {
        const facts = await syntax.parse({ languageId: languageFacts[language].languageId, text });
        const [error] = facts?.errors ?? [];
        if (facts === undefined) results.set(key, { ok: false, why: 'the parser gave no answer' });
        else if (error === undefined) results.set(key, { ok: true });
        else
          results.set(key, {
            ok: false,
            why: `does not parse at ${JSON.stringify(text.slice(error.start, error.start + 60))}`,
          });
      }
      await syntax.close();
      return results;
    },
  };
}

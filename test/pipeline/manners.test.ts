// An answer takes on the manners of its file: where imports stand and how they are written, which quotes strings have.

import assert from 'node:assert/strict';
import { silentLog } from '../../server/base/log.ts';
import { applyEdits } from '../../server/base/text.ts';
import { judge } from '../../server/pipeline/judge.ts';
import { general } from '../../server/pipeline/prompts/general.ts';
import type { Task } from '../../server/pipeline/task.ts';
import type { Syntax } from '../../server/syntax/facts.ts';
import { createSyntax } from '../../server/syntax/syntax.ts';
import { settings } from '../support/pipeline-bench.ts';

interface Case {
  readonly name: string;
  readonly languageId: string;
  /** What stands above the stub. */
  readonly head: string;
  /** Imports of the answer. */
  readonly imports: string;
  /** Body of the answer, which uses them. */
  readonly body: string;
  readonly expected: string;
  /** The body as it should stand; unset: as it came. */
  readonly expectedBody?: string;
}

const python = { languageId: 'python', body: 'return use(json, re, os, sys, List, Dict, Any, Path, app)' };
const script = { languageId: 'typescript', body: 'return [readFile, join, resolve, b];' };
const go = { languageId: 'go', body: 'fmt.Println(os.Args, strings.ToUpper(""), zap.L())' };
const rust = { languageId: 'rust', body: 'let _: Option<(HashMap<u8, u8>, Rc<u8>)> = None;' };

const cases: Case[] = [
  {
    ...python,
    name: 'a sorted block',
    head: 'import json\nimport sys\n',
    imports: 'import re\nimport os',
    expected: 'import json\nimport os\nimport re\nimport sys\n',
  },
  {
    ...python,
    name: 'a block nobody sorted',
    head: 'import sys\nimport json\nimport abc\n',
    imports: 'import os',
    expected: 'import sys\nimport json\nimport abc\nimport os\n',
  },
  {
    ...python,
    name: 'isort’s order: import before from',
    head: 'import sys\nfrom pathlib import Path\n',
    imports: 'import os\nfrom typing import List',
    expected: 'import os\nimport sys\nfrom pathlib import Path\nfrom typing import List\n',
  },
  {
    ...python,
    name: 'a from-import that takes the name',
    head: 'from typing import Any, List\n',
    imports: 'from typing import Dict, List',
    expected: 'from typing import Any, Dict, List\n',
  },
  {
    ...python,
    name: 'a from-import that nobody sorted',
    head: 'from typing import List, Any\n',
    imports: 'from typing import Dict',
    expected: 'from typing import List, Any, Dict\n',
  },
  {
    ...python,
    name: 'a from-import in parentheses',
    head: 'from typing import (\n    Any,\n    List,\n)\n',
    imports: 'from typing import Dict',
    expected: 'from typing import (\n    Any,\n    Dict,\n    List,\n)\n',
  },
  {
    ...python,
    name: 'a from-import in parentheses, at its end',
    head: 'from typing import (\n    Any,\n    Dict,\n)\n',
    imports: 'from typing import List',
    expected: 'from typing import (\n    Any,\n    Dict,\n    List,\n)\n',
  },
  {
    ...python,
    name: 'a from-import with a comment inside',
    head: 'from typing import (\n    Any,  # anything\n)\n',
    imports: 'from typing import Dict',
    expected: 'from typing import (\n    Any,  # anything\n)\nfrom typing import Dict\n',
  },
  {
    ...python,
    name: 'a future import',
    head: 'from __future__ import annotations\n\nimport sys\n',
    imports: 'import os',
    expected: 'from __future__ import annotations\n\nimport os\nimport sys\n',
  },
  {
    ...python,
    name: 'a group of the project’s own',
    head: 'import sys\n\nfrom .other import use\n',
    imports: 'from .app import app\nimport os',
    expected: 'import os\nimport sys\n\nfrom .app import app\nfrom .other import use\n',
  },
  {
    ...python,
    name: 'CRLF',
    head: 'import json\r\nimport sys\r\n',
    imports: 'import os',
    expected: 'import json\r\nimport os\r\nimport sys\r\n',
  },
  {
    ...python,
    name: 'no import at all',
    head: '"""About."""\n',
    imports: 'import re\nimport os',
    expected: '"""About."""\nimport os\nimport re\n',
  },
  {
    ...script,
    name: 'single quotes, no semicolons',
    head: "import { readFile } from 'node:fs/promises'\n",
    imports: 'import { join } from "node:path";',
    expected: "import { readFile } from 'node:fs/promises'\nimport { join } from 'node:path'\n",
  },
  {
    ...script,
    name: 'double quotes and semicolons',
    head: 'import { readFile } from "node:fs/promises";\n',
    imports: "import { join } from 'node:path'",
    expected: 'import { readFile } from "node:fs/promises";\nimport { join } from "node:path";\n',
  },
  {
    ...script,
    name: 'braces that take the name',
    head: "import { join } from 'node:path';\n",
    imports: "import { resolve } from 'node:path';",
    expected: "import { join, resolve } from 'node:path';\n",
  },
  {
    ...script,
    name: 'a type import that takes no value',
    head: "import type { join } from 'node:path';\n",
    imports: "import { resolve } from 'node:path';",
    expected: "import type { join } from 'node:path';\nimport { resolve } from 'node:path';\n",
  },
  {
    ...script,
    name: 'sorted modules',
    head: "import { a } from 'a';\nimport { c } from 'c';\n",
    imports: "import { b } from 'b';",
    expected: "import { a } from 'a';\nimport { b } from 'b';\nimport { c } from 'c';\n",
  },
  {
    ...go,
    name: 'a sorted Go block',
    head: 'package a\n\nimport (\n\t"fmt"\n\t"strings"\n)\n',
    imports: 'import (\n\t"fmt"\n\t"os"\n)',
    expected: 'package a\n\nimport (\n\t"fmt"\n\t"os"\n\t"strings"\n)\n',
  },
  {
    ...go,
    name: 'a Go block with the packages of others apart',
    head: 'package a\n\nimport (\n\t"fmt"\n\n\t"github.com/x/y"\n)\n',
    imports: 'import (\n\t"os"\n\t"go.uber.org/zap"\n)',
    expected: 'package a\n\nimport (\n\t"fmt"\n\t"os"\n\n\t"github.com/x/y"\n\t"go.uber.org/zap"\n)\n',
  },
  {
    ...rust,
    name: 'sorted uses',
    head: 'use std::collections::HashMap;\nuse std::sync::Arc;\n',
    imports: 'use std::rc::Rc;',
    expected: 'use std::collections::HashMap;\nuse std::rc::Rc;\nuse std::sync::Arc;\n',
  },
  {
    name: 'the file’s single quotes',
    languageId: 'python',
    head: "a = 'x'\nb = 'y'\nc = {'z': 1}\n",
    imports: '',
    body: 'return {"k": "it\'s", "m": f"{a["q"]}"}',
    expectedBody: 'return {\'k\': "it\'s", \'m\': f"{a["q"]}"}',
    expected: "a = 'x'\nb = 'y'\nc = {'z': 1}\n",
  },
  {
    name: 'the file’s double quotes',
    languageId: 'typescript',
    head: 'const a = ["x", "y", "z"];\n',
    imports: '',
    body: `return 'k' + \`\${'t'}\` + '"';`,
    expectedBody: `return "k" + \`\${'t'}\` + '"';`,
    expected: 'const a = ["x", "y", "z"];\n',
  },
  {
    name: 'no habit of quotes',
    languageId: 'python',
    head: 'a = \'x\'\nb = "y"\n',
    imports: '',
    body: 'return "k"',
    expected: 'a = \'x\'\nb = "y"\n',
  },
];

const stubs: Record<string, (body: string) => string> = {
  python: (body) => `\n\ndef work(a=None, use=print):\n    ${body}\n`,
  typescript: (body) => `\nfunction work() {\n  ${body}\n}\n`,
  go: (body) => `\nfunc work() {\n\t${body}\n}\n`,
  rust: (body) => `\nfn work() {\n    ${body}\n}\n`,
};
const placeholders: Record<string, string> = { python: 'pass', typescript: '// TODO', go: '// TODO', rust: 'todo!()' };

describe('the manners of the file', () => {
  let syntax: Syntax;
  before(() => {
    syntax = createSyntax({ log: silentLog });
  });
  after(() => syntax.close());

  for (const { name, languageId, head, imports, body, expected, expectedBody = body } of cases) {
    it(`${languageId}: ${name}`, async () => {
      const lineBreak = head.includes('\r\n') ? '\r\n' : '\n';
      const write = stubs[languageId] ?? ((text: string) => text);
      const before = head + write(placeholders[languageId] ?? '').replace(/\n/g, lineBreak);
      const facts = await syntax.parse({ languageId, text: before });
      const symbol = facts?.symbols.find((one) => one.name === 'work');
      assert.ok(facts && symbol);
      const task: Task = {
        actionId: 'implement',
        languageId,
        fileName: 'a',
        text: before,
        facts,
        target: { kind: 'symbol', symbol },
        instruction: '',
        findings: [],
      };
      const text = `${imports}\n${write(body)}`;
      const question = { task, text, bound: general.lowestTokenProbability, promised: [] } as const;
      const { draft } = await judge(
        { ...question, lowestTokenProbability: undefined, cutOff: false },
        { syntax, settings },
        new AbortController().signal,
      );
      assert.ok(draft);
      assert.equal(applyEdits(before, draft.edits), expected + write(expectedBody).replace(/\n/g, lineBreak));
    });
  }
});

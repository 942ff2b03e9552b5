// The corpus: the same bytes from the same seed, and every example true. Runs only code that the grammar wrote.

import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { pythonOrSkip, runPython } from './python.ts';
import { parseLines } from './rows.ts';

const examples = `
import json, sys
from generate import training_examples
for example in training_examples(500, 2101):
    print(json.dumps(example))`;

/** Prints a line for each untrue example; how many were looked at comes last. */
const truths = `
import json, random
from generate import evaluation_rows, training_examples
from score import RIGHT, behaviour, judge
seen = 0
for row in evaluation_rows(24, 31):
    seen += 1
    def wrong(why): print(row["job"], why, repr(row["prompt"]))
    verdict = judge({**row, "out": row["answer"]})
    if verdict != RIGHT: wrong(verdict)
    if row["job"] == "fix":
        shown = row["prompt"].removeprefix("<|fix|>").split("\\n# error: ")[0]
        if row["answer"] in shown: wrong("shows its answer")
    if row["job"] == "fim":
        prefix, rest = row["prompt"].removeprefix("<|fim_prefix|>").split("<|fim_suffix|>")
        compile(prefix + row["answer"] + rest.removesuffix("<|fim_middle|>"), "fim", "exec")
    if row["job"] == "plan":
        parts = json.loads(row["answer"])["subtasks"]
        if any(need >= part["id"] or need < 1 for part in parts for need in part["needs"]): wrong("needs what comes later")
print(seen)`;

/** Prints functions that fail on their own examples, or that have lost an at sign of a text to their name. */
const classics = `
import random
from corpus.classics import CLASSICS, make_classic
rng = random.Random(5)
for classic in CLASSICS:
    function = make_classic(rng, classic)
    function.name = "itself"
    function.write_own_name()
    if '"@' in "".join(classic.body) and "@" not in function.code(): print(classic.id, "has no at sign")
    names = {}
    exec(function.code(), names)
    for arguments in function.examples:
        try: names["itself"](*eval("[" + arguments + "]"))
        except ValueError: pass
        except Exception as error: print(classic.id, arguments, repr(error))
print(len(CLASSICS) == len({classic.id for classic in CLASSICS}))`;

const heldOut = `
from generate import evaluation_rows
from corpus.function import held_out
print(sum(held_out(row["key"]) != row["held"] for row in evaluation_rows(10, 5) if row["job"] in ("code", "fix")
          and not row["key"].startswith("classic") and row["key"].split("|")[1:-1] != ["", ""]))`;

describe('the corpus of joule-tiny', function () {
  this.timeout(60_000); // of two processors, one may be training
  let python = '';
  before(function () {
    python = pythonOrSkip(this);
  });

  it('is the same bytes for the same seed; change this hash only when the corpus is meant to change', () => {
    const text = runPython(python, examples);
    assert.equal(parseLines<[string, string]>(text).length, 500);
    assert.equal(
      createHash('sha256').update(text).digest('hex'),
      'ecfbf03538691d37121ba10e9f9b60922ae45d57c282b46a166f66c6b62dc0f5',
    );
  });

  it('has functions that everybody knows which run on their own examples', () => {
    assert.equal(runPython(python, classics).trim(), 'True');
  });

  it('has answers that are right, mistakes that differ, middles that fit and plans in order', () => {
    assert.equal(runPython(python, truths).trim(), '312');
  });

  it('keeps held-out combinations out of what is known', () => {
    assert.equal(runPython(python, heldOut).trim(), '0');
  });
});

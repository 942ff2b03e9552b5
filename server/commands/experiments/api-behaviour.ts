// What an answer to S1's task does when it runs: a small Python program in the sandbox loads it and sends requests through FastAPI's own
// test client, without a network. Where the libraries are not there, it was not run.

import type { Behaviour } from '../../report/experiments/planner-worker.ts';
import type { Execute } from '../../sandbox/port.ts';

/** Answers are written for SQLAlchemy 2 and Pydantic 2; what fails with older ones says nothing of them. */
const libraries = ['fastapi', 'sqlalchemy', 'pydantic', 'httpx', 'aiosqlite'] as const;

/** Prints one JSON line: what is missing, or each check with whether it passed. Exit code 0 unless the program itself broke. */
const program = `
import importlib.util, json, os, sys
missing = [name for name in ${JSON.stringify(libraries)} if importlib.util.find_spec(name) is None]
if not missing:
    from importlib.metadata import version
    missing = [name + " 2" for name in ("sqlalchemy", "pydantic") if int(version(name).split(".")[0]) < 2]
if missing:
    print(json.dumps({"missing": missing}))
    sys.exit(0)
os.chdir("/tmp/work")
sys.path.insert(0, "/tmp/work")
results = []
def check(name, run):
    try:
        results.append([name, bool(run())])
    except BaseException as error:
        results.append([name + ": " + type(error).__name__, False])
client = None
def load():
    global client
    import warnings
    warnings.simplefilter("ignore")
    import answer
    from fastapi import FastAPI
    from fastapi.testclient import TestClient
    app = next(value for value in vars(answer).values() if isinstance(value, FastAPI))
    client = TestClient(app)
    client.__enter__()
    return True
check("loads", load)
if client is not None:
    made = {}
    def create():
        answered = client.post("/tasks", json={"title": "one", "description": "first"})
        made.update(answered.json())
        return answered.status_code in (200, 201) and made["title"] == "one" and made["completed"] is False and "created_at" in made
    check("makes a task", create)
    number = made.get("id", 1)
    check("lists tasks", lambda: [task["id"] for task in client.get("/tasks").json()] == [number])
    check("gives one task", lambda: client.get(f"/tasks/{number}").json()["title"] == "one")
    check("says 404 for a task that is not there", lambda: client.get("/tasks/999999").status_code == 404)
    def change():
        changed = client.put(f"/tasks/{number}", json={"completed": True}).json()
        return changed["completed"] is True and changed["title"] == "one" and changed["description"] == "first"
    check("changes only what was sent", change)
    check("keeps the change", lambda: client.get(f"/tasks/{number}").json()["completed"] is True)
    check("says 404 when changing what is not there", lambda: client.put("/tasks/999999", json={"completed": True}).status_code == 404)
    check("removes a task", lambda: client.delete(f"/tasks/{number}").status_code in (200, 202, 204))
    check("has it no more", lambda: client.get(f"/tasks/{number}").status_code == 404)
    check("says 404 when removing what is not there", lambda: client.delete("/tasks/999999").status_code == 404)
    check("refuses a task without a title", lambda: client.post("/tasks", json={"description": "none"}).status_code == 422)
print(json.dumps({"results": results}))
sys.stdout.flush()
os._exit(0)
`;

/** Checks that a right answer passes. */
export const checksOfApi = 12;

/** @param code one Python file. Rejects only with the signal's reason. */
export async function behaviourOf(code: string, execute: Execute, signal: AbortSignal): Promise<Behaviour> {
  const result = await execute(
    {
      command: ['python3', '-B', '/tmp/work/check.py'],
      files: [
        { path: '/tmp/work/answer.py', text: code },
        { path: '/tmp/work/check.py', text: program },
      ],
      limits: { wallMilliseconds: 30_000 },
    },
    signal,
  );
  if (result.kind === 'unavailable') return { state: 'not run', why: result.why };
  const nothing: Behaviour = { state: 'ran', passed: 0, of: checksOfApi, failures: [`it ${result.kind}`] };
  if (result.kind !== 'ran') return nothing;
  // Whatever the answer prints comes before.
  const said = resultIn(result.output.trimEnd().split('\n').at(-1) ?? '');
  if (said === undefined) return { ...nothing, failures: ['it ended the program that checks it'] };
  if ('missing' in said) return { state: 'not run', why: `Python has no ${said.missing.join(', ')} in the sandbox` };
  const passed = said.results.filter(([, right]) => right).length;
  return {
    state: 'ran',
    passed: Math.min(passed, checksOfApi),
    of: checksOfApi,
    failures: said.results.filter(([, right]) => !right).map(([name]) => name.slice(0, 200)),
  };
}

type Said = { readonly missing: string[] } | { readonly results: [string, boolean][] };

function resultIn(line: string): Said | undefined {
  try {
    const value = JSON.parse(line) as { missing?: unknown; results?: unknown } | null;
    if (Array.isArray(value?.missing)) return { missing: value.missing.map(String) };
    if (!Array.isArray(value?.results)) return undefined;
    const rows = value.results.filter(
      (row): row is [string, boolean] => Array.isArray(row) && typeof row[0] === 'string',
    );
    return { results: rows.map(([name, right]) => [name, right === true]) };
  } catch {
    return undefined;
  }
}

// SEEDS S1's task in our own words, and its prompts by what S1 demands of each. Text only.

/** What every way of working is asked for (S1: a REST API for a task manager; FastAPI, SQLAlchemy on SQLite, asynchronous, Pydantic). */
export const taskManagerRequest = `Write one Python file with a REST API for a task manager, using FastAPI, SQLAlchemy with SQLite, and Pydantic. All endpoints are asynchronous.

- Database: a SQLite URL, an engine, a declarative base, tables made at start-up, and a session for each request.
- A model Task with id, title, description, completed and created_at, each column of a fitting type.
- POST /tasks makes a task.
- GET /tasks lists all tasks, GET /tasks/{id} gives one.
- PUT /tasks/{id} changes only the fields that were sent, and commits.
- DELETE /tasks/{id} removes the task, and commits.
- Pydantic schemas TaskCreate, TaskUpdate and TaskResponse; TaskResponse is the response model.
- Every endpoint with an id answers 404 when there is no such task.

Nothing else: no login, no pages, no tests.`;

/** S1 caps outlines at so many tokens. */
export const outlineTokens = 250;
/** S1's planner writes up to so many instructions. */
export const mostInstructions = 3;

export function outlinePrompt(request: string): string {
  return `${request}

Do not write the code. Write a short outline for the programmer who will: the parts, their names, and what is easily forgotten. At most ${outlineTokens} tokens.`;
}

export function fromOutlinePrompt(request: string, outline: string): string {
  return `${request}

Outline to follow:
${outline}

Answer with the code of the file.`;
}

/** S1, section 4: clear and self-contained, easy to put together again, nothing that was not asked for, one a line and nothing else. */
export function instructionsPrompt(request: string): string {
  return `Divide this request among up to ${mostInstructions} programmers who can't talk to each other:

${request}

Write one instruction a line, at most ${mostInstructions} lines and nothing else. Each instruction is clear, says all that its programmer needs to know, needs nothing from the others, and its result is easily put together with the others'. Ask for nothing that the request does not ask for, and name no function that does not exist.`;
}

/** S1: only the answer to the part, without explanation, as one JSON string. */
export function partPrompt(instruction: string): string {
  return `${instruction}

Answer with one JSON string that holds the code, and nothing else: no explanation, no reasoning.`;
}

/** S1: one coherent answer to the original request, as plain text, without a word about parts. */
export function reassemblyPrompt(request: string, parts: readonly string[]): string {
  const listed = parts.map((part, index) => `Part ${index + 1}:\n${part}`).join('\n\n');
  return `Request:
${request}

${listed}

Make of these parts one coherent answer to the request: the whole Python file as plain text. Do not mention that there were parts.`;
}

/** Lines of a planner as instructions: numbers and bullets before them are dropped, empty lines and what is beyond three, too. */
export function instructionsIn(answer: string): string[] {
  return answer
    .split('\n')
    .map((line) => line.replace(/^\s*(?:[-*•]|\d+[.)]|instruction\s*\d*:)\s*/i, '').trim())
    .filter((line) => line !== '' && !/^```/.test(line))
    .slice(0, mostInstructions);
}

/** The string of a worker's JSON; what is no JSON is taken as it is, as a reader would. */
export function partIn(answer: string): string {
  const bare = answer.trim().replace(/^```(?:json)?\s*\n([\s\S]*?)\n?```$/, '$1');
  try {
    const value: unknown = JSON.parse(bare);
    return typeof value === 'string' ? value : answer;
  } catch {
    return answer;
  }
}

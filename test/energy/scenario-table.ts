// Prints the table of scenarios with the joules that the meter makes of them. Exits 1 when one is not as expected.

import { checkScenario } from '../support/check-scenario.ts';
import { scenarios } from './scenarios.ts';

let wrong = 0;
for (const [index, scenario] of scenarios.entries()) {
  const { told, problems } = await checkScenario(scenario);
  const rows = scenario.rows === undefined ? '' : ` [${scenario.rows.join(', ')}]`;
  console.log(
    `${String(index + 1).padStart(3)}  ${problems.length === 0 ? 'as expected' : 'WRONG'}  ${scenario.name}${rows}: ${told.join(', ')}`,
  );
  for (const problem of problems) console.log(`        ${problem}`);
  if (problems.length > 0) wrong += 1;
}
console.log(
  `\n${scenarios.length} scenarios, ${scenarios.length - wrong} as expected within one counter tick per edge`,
);
process.exitCode = wrong === 0 ? 0 : 1;

// A Jest reporter that ends a run with one line for people and for CI: "statefun: 412 passed, 0 failed, 1 skipped".
// A test file that cannot run counts as one failure. With TEST_COUNTS_FILE set, the line is also added to that file.
import { appendFileSync } from 'node:fs';

export default class JestCounts {
  onRunComplete(_contexts, results) {
    const failed = results.numFailedTests + results.numRuntimeErrorTestSuites;
    const skipped = results.numPendingTests + results.numTodoTests;
    const line = `statefun: ${results.numPassedTests} passed, ${failed} failed${skipped === 0 ? '' : `, ${skipped} skipped`}`;
    process.stderr.write(`${line}\n`);
    const file = process.env.TEST_COUNTS_FILE;
    if (file) appendFileSync(file, `${line}\n`);
  }
}

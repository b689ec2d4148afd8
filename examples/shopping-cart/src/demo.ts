import { demoHelp, parseDemoArguments } from './demo/arguments.ts';
import { describeFailure } from './demo/describe-failure.ts';
import { abortOnInterrupt } from './demo/interrupt.ts';
import { runDemo } from './demo/run-demo.ts';

/** What shells report for a program that ended by Ctrl-C. */
const interruptedExitCode = 130;

async function main(parameters: readonly string[]): Promise<number> {
  const { help, keep } = parseDemoArguments(parameters);
  if (help) {
    console.log(demoHelp);
    return 0;
  }
  const interrupt = abortOnInterrupt();
  try {
    await runDemo({ keep, say: (text) => console.log(text), signal: interrupt });
    return 0;
  } catch (error) {
    if (!interrupt.aborted) throw error;
    console.error('\nInterrupted; everything is stopped.');
    return interruptedExitCode;
  }
}

main(process.argv.slice(2)).then(
  (exitCode) => (process.exitCode = exitCode),
  (error: unknown) => {
    console.error(`\nThe demo failed: ${describeFailure(error)}`);
    process.exitCode = 1;
  },
);

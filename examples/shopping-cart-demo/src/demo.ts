import { demoHelp, parseDemoArguments } from './arguments.ts';
import { describeFailure } from './describe-failure.ts';
import { abortOnInterrupt, interruptedExitCodes } from './interrupt.ts';

async function main(parameters: readonly string[]): Promise<number> {
  const { help, keep } = parseDemoArguments(parameters);
  if (help) {
    console.log(demoHelp);
    return 0;
  }
  const interrupt = abortOnInterrupt();
  // Imported after the listeners are there: loading the framework and the SDK takes a moment.
  const { runDemo } = await import('./run-demo.ts');
  try {
    await runDemo({ keep, say: (text) => console.log(text), signal: interrupt });
    return 0;
  } catch (error) {
    if (!interrupt.aborted) throw error;
    console.error('\nInterrupted; everything is stopped.');
    return interruptedExitCodes[interrupt.reason === 'SIGTERM' ? 'SIGTERM' : 'SIGINT'];
  }
}

main(process.argv.slice(2)).then(
  (exitCode) => (process.exitCode = exitCode),
  (error: unknown) => {
    console.error(`\nThe demo failed: ${describeFailure(error)}`);
    process.exitCode = 1;
  },
);

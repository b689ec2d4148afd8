import { demoHelp, parseDemoArguments } from './demo/arguments.ts';
import { describeFailure } from './demo/describe-failure.ts';
import { abortOnInterrupt, interruptedExitCodes } from './demo/interrupt.ts';

async function main(parameters: readonly string[]): Promise<number> {
  const { help, keep } = parseDemoArguments(parameters);
  if (help) {
    console.log(demoHelp);
    return 0;
  }
  const interrupt = abortOnInterrupt();
  // Loaded when signals are listened to already: the framework and the SDK take a moment.
  const { runDemo } = await import('./demo/run-demo.ts');
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

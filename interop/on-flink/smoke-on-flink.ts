import { assertSame, type Outcome, type Pair, type RunOptions } from '../runner/outcome.ts';
import { ours, startSdk, type Sdk } from '../runner/sdks.ts';
import { smoke } from '../smoke/commands.ts';
import { SmokeGenerator } from '../smoke/generator.ts';
import { drawMessages } from '../smoke/verification.ts';
import { verifyCounters } from '../smoke/verify-counters.ts';
import { FlinkJob } from './flink-job.ts';
import { installFlink, type FlinkRelease, type FlinkRuntime } from './flink-runtime.ts';

/** The real runtime calls the command interpreter of an SDK. An official one is there to compare ours with. */
export function smokeOnFlink(release: FlinkRelease, sdk: Sdk): Pair {
  return {
    name: `${release.name}-${sdk.name}`,
    title: `${release.title} - ${sdk.title}`,
    onlyInFull: sdk !== ours,
    run: async (options) => await runSmoke(await installFlink(release), sdk, options, 1),
  };
}

/** The same without a failure: how fast the real runtime is here. */
export function rateOnFlink(release: FlinkRelease, sdk: Sdk): Pair {
  return {
    name: `rate-${release.name}-${sdk.name}`,
    title: `${release.title} - ${sdk.title}, undisturbed`,
    onlyInFull: true,
    run: async (options) => await runSmoke(await installFlink(release), sdk, options, 0),
  };
}

async function runSmoke(runtime: FlinkRuntime, sdk: Sdk, { short, seed }: RunOptions, failures: number): Promise<Outcome> {
  const server = await startSdk(sdk);
  const generator = new SmokeGenerator({ seed, instances: 128 });
  const trees = short ? 20_000 : 100_000;
  const job = new FlinkJob(
    {
      runtime,
      moduleYaml: endpointYaml('statefun.smoke.e2e/*', server.port),
      egressIds: [smoke.discardEgress, smoke.verificationEgress],
      failures,
      failAfterRecords: trees / 4,
    },
    drawMessages(generator, trees),
  );
  try {
    await job.untilStarted();
    const startedMs = performance.now();
    const verification = await verifyCounters(job, generator);
    const durationMs = performance.now() - startedMs;
    verification.assertExact();
    assertSame('failures injected', job.failuresInjected, failures);
    return { messages: generator.messages, failuresInjected: failures, durationMs };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${job.output}`, { cause: error });
  } finally {
    await job.stop();
    await server.process.stop();
  }
}

export function endpointYaml(functions: string, port: number): string {
  return `kind: io.statefun.endpoints.v2/http
spec:
  functions: ${functions}
  urlPathTemplate: http://localhost:${port}/
  maxNumBatchRequests: 10000
`;
}

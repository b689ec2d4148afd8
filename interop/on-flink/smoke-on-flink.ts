import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingMessage } from 'statefun/remote';
import { assertSame, type Outcome, type Pair, type RunOptions } from '../runner/outcome.ts';
import { startSdk, type FunctionServer, type Sdk } from '../runner/sdks.ts';
import { smoke } from '../smoke/commands.ts';
import { SmokeGenerator } from '../smoke/generator.ts';
import { sourceCommand, Verification, verifications } from '../smoke/verification.ts';
import { FlinkJob } from './flink-job.ts';
import { installFlink, type FlinkRuntime } from './flink-runtime.ts';

/** How long the results may be away before something is lost, in milliseconds; only a failing run ever waits for it. */
const patienceMs = 180_000;

/** The real runtime calls the command interpreter of an official SDK: what ours is compared with. */
export function officialOnFlink(sdk: Sdk): Pair {
  return {
    name: `flink-${sdk.name}`,
    title: `Flink 1.16.2 - ${sdk.title}`,
    run: async (options) => await runSmoke(await installFlink(), () => startSdk(sdk), options),
  };
}

export async function runSmoke(runtime: FlinkRuntime, start: () => Promise<FunctionServer>, { short, seed }: RunOptions): Promise<Outcome> {
  const server = await start();
  const generator = new SmokeGenerator({ seed, instances: 128 });
  const trees = short ? 20_000 : 100_000;
  const job = new FlinkJob(
    {
      runtime,
      moduleYaml: endpointYaml('statefun.smoke.e2e/*', server.port),
      egressIds: [smoke.discardEgress, smoke.verificationEgress],
      failures: 1,
      failAfterRecords: trees / 4,
    },
    drawMessages(generator, trees),
  );
  try {
    await job.untilStarted();
    const startedMs = performance.now();
    const verification = await verify(job, generator);
    const durationMs = performance.now() - startedMs;
    verification.assertExact();
    assertSame('failures injected', job.failuresInjected, 1);
    return { messages: generator.messages, failuresInjected: 1, durationMs };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${job.output}`, { cause: error });
  } finally {
    await job.stop();
    await server.process.stop();
  }
}

function* drawMessages(generator: SmokeGenerator, trees: number): Generator<OutgoingMessage> {
  for (let number = 0; number < trees; number += 1) {
    const { target, commands } = generator.next();
    yield sourceCommand(target, commands);
  }
}

/** Asks every counter again and again, until all are exact and have been once more: what is done twice may come late. */
async function verify(job: FlinkJob, generator: SmokeGenerator): Promise<Verification> {
  const verification = new Verification(generator);
  let answers = 0;
  let exactRounds = 0;
  for (const deadlineMs = Date.now() + patienceMs; exactRounds < 2 && Date.now() < deadlineMs;) {
    job.send(verifications(generator));
    const wanted = answers + generator.expected.length;
    while (answers < wanted && Date.now() < deadlineMs) {
      await sleep(50);
      for (const record of job.readNew()) {
        verification.add(record);
        if (record.egressId === smoke.verificationEgress) answers += 1;
      }
    }
    exactRounds = verification.exact && verification.discarded >= generator.discarded ? exactRounds + 1 : 0;
  }
  return verification;
}

export function endpointYaml(functions: string, port: number): string {
  return `kind: io.statefun.endpoints.v2/http
spec:
  functions: ${functions}
  urlPathTemplate: http://localhost:${port}/
  maxNumBatchRequests: 10000
`;
}

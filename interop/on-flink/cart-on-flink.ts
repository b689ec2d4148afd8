import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { decodeKinesisRecord, kinesisRecordTypename, type OutgoingEgress, type OutgoingMessage } from 'statefun/serving';
import { parseAllDocuments, stringify } from 'yaml';
import { runCartOnEngine, type CartRun } from '../cart/cart-on-engine.ts';
import { CartPhases, type CartEvent } from '../cart/cart-phases.ts';
import { CartStatuses } from '../cart/cart-statuses.ts';
import { interopFolder } from '../runner/install.ts';
import { assertSame, type Outcome, type Pair, type RunOptions } from '../runner/outcome.ts';
import { freePort, ManagedProcess } from '../runner/processes.ts';
import { FlinkJob } from './flink-job.ts';
import { installFlink, type FlinkRelease, type FlinkRuntime } from './flink-runtime.ts';

const projectFolder = join(interopFolder, '..');
const example = join(projectFolder, 'examples/shopping-cart');
const statefun = [process.execPath, join(projectFolder, 'bin/statefun.js')] as const;

/** How long a phase may take before something is lost, in milliseconds; only a run that fails ever waits for it. */
const patienceMs = 60_000;
/** What has left twice comes with one of the next checkpoints, of which there is one every two seconds. */
const aftermathMs = 5_000;

/** The shopping cart, unchanged: served by `statefun serve`, with the module.yaml of `statefun module`. */
export function cartOnFlink(release: FlinkRelease): Pair {
  return {
    name: `${release.name}-cart`,
    title: `${release.title} - shopping cart`,
    run: async (options) => await runCart(await installFlink(release), options),
  };
}

async function runCart(runtime: FlinkRuntime, { seed, short }: RunOptions): Promise<Outcome> {
  const carts = short ? 300 : 1_000;
  const expected = await runCartOnEngine(new CartPhases(seed, carts));
  const port = await freePort();
  const description = await describeForCluster(port);
  const command = [process.execPath, join(interopFolder, 'dist/runner/tied.js'), ...statefun, 'serve', example, '--port', String(port)];
  const options = { cwd: projectFolder, env: { LOG_LEVEL: 'info' }, lines: { serving: /serving/ } };
  const server = new ManagedProcess('statefun serve', command, options);
  await server.untilSeen('serving');
  // In the midst of the third phase.
  const job = new FlinkJob({ runtime, ...description, failures: 1, failAfterRecords: carts * 2 }, []);
  try {
    await job.untilStarted();
    const outcome = await play(job, new CartPhases(seed, carts), expected, description);
    assertSame('failures injected', job.failuresInjected, 1);
    return { ...outcome, failuresInjected: 1 };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${job.output}\n${server.output}`, { cause: error });
  } finally {
    await job.stop();
    await server.stop();
  }
}

async function play(
  job: FlinkJob,
  phases: CartPhases,
  { statuses: expected, countAfterPhase }: CartRun,
  { router, valueType }: ClusterDescription,
): Promise<Pick<Outcome, 'messages' | 'durationMs'>> {
  const statuses = new CartStatuses();
  const collect = (): void => {
    for (const record of job.readNew()) statuses.add(statusOf(record));
  };
  const startedMs = performance.now();
  let messages = 0;
  for (const [phase, events] of [...phases.phases()].entries()) {
    job.send(events.map((event) => fromStream(event, router, valueType)));
    messages += events.length;
    const wanted = countAfterPhase[phase] ?? 0;
    for (const deadlineMs = Date.now() + patienceMs; statuses.count < wanted; collect()) {
      if (Date.now() > deadlineMs) throw new Error(`phase ${phase}: ${statuses.count} of ${wanted} statuses have come`);
      await sleep(50);
    }
  }
  const durationMs = performance.now() - startedMs;
  await sleep(aftermathMs);
  collect();
  statuses.assertSame(expected);
  return { messages, durationMs };
}

/** A record as the Kinesis ingress of a cluster hands it on: its key is the id. */
function fromStream({ key, json }: CartEvent, router: string, valueType: string): OutgoingMessage {
  return { target: { type: router, id: key }, argument: { typename: valueType, hasValue: true, value: Buffer.from(json) } };
}

function statusOf({ egressId, argument }: OutgoingEgress): string {
  const { typename, value } = argument;
  if (typename !== kinesisRecordTypename) throw new Error(`egress "${egressId}" is sent a ${typename}`);
  const text = Buffer.from(decodeKinesisRecord(value).value).toString();
  if (egressId !== 'example/cart-status') throw new Error(`egress "${egressId}" is sent ${text}`);
  return text;
}

interface ClusterDescription {
  /** The endpoints alone: streams are files here. */
  readonly moduleYaml: string;
  readonly egressIds: readonly string[];
  readonly router: string;
  readonly valueType: string;
}

/** Reads what `statefun module` prints. */
async function describeForCluster(port: number): Promise<ClusterDescription> {
  const [node, cli] = statefun;
  const url = `http://127.0.0.1:${port}/statefun`;
  const { stdout } = await promisify(execFile)(node, [cli, 'module', example, '--url', url], { cwd: projectFolder });
  // Components as the documentation of StateFun has them; what is missing fails below.
  const components = parseAllDocuments(stdout).map((document) => document.toJS() as Component);
  const ofKind = (ending: string): readonly Component[] => components.filter(({ kind }) => kind.endsWith(ending));
  const [stream] = ofKind('.kinesis.v1/ingress').flatMap(({ spec }) => spec.streams ?? []);
  const [router] = stream?.targets ?? [];
  if (stream === undefined || router === undefined) throw new Error(`statefun module names no ingress:\n${stdout}`);
  return {
    moduleYaml: ofKind('.endpoints.v2/http')
      .map((endpoint) => stringify(endpoint))
      .join('---\n'),
    egressIds: ofKind('.kinesis.v1/egress').map(({ spec }) => spec.id ?? ''),
    router,
    valueType: stream.valueType,
  };
}

interface Component {
  readonly kind: string;
  readonly spec: {
    readonly id?: string;
    readonly streams?: readonly { readonly valueType: string; readonly targets: readonly string[] }[];
  };
}

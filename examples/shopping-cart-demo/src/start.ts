import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KinesisClient } from '@aws-sdk/client-kinesis';
import { runApplication, type ApplicationDefinition, type RunningApplication } from 'statefun';
import { createKinesisClient, startEmbeddedKinesis, type EmbeddedKinesis } from 'statefun/kinesis';
import { egressStream, ingressStream } from './streams.ts';
import { silenceSdkVersionWarning } from './silence-sdk.ts';

/** What runs during the demo. */
export interface Surroundings {
  readonly kinesis: EmbeddedKinesis;
  readonly client: KinesisClient;
  readonly running: RunningApplication;
  readonly stateFolder: string;
}

/**
 * Starts a Kinesis with both streams and the application on it, lets `use` work with them, and stops everything, last first, however
 * `use` ends.
 */
export async function withSurroundings<R>(
  { say, signal }: { readonly say: (text: string) => void; readonly signal: AbortSignal },
  use: (surroundings: Surroundings) => Promise<R>,
): Promise<R> {
  silenceSdkVersionWarning();
  say('Starting an embedded Kinesis ...');
  const kinesis = await startEmbeddedKinesis({ streams: [{ name: ingressStream }, { name: egressStream }] });
  try {
    signal.throwIfAborted();
    say(`  ${kinesis.endpoint}  streams ${ingressStream}, ${egressStream}`);
    // As in a deployment, the connectors find their Kinesis in the environment. Streams that are named there for other stages are replaced.
    Object.assign(process.env, kinesis.environment, {
      EVENTS_INGRESS_STREAM_DEFAULT: ingressStream,
      EVENTS_EGRESS_STREAM_DEFAULT: egressStream,
      LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
    });
    const client = await createKinesisClient();
    try {
      return await withApplication(say, (running, stateFolder) => use({ kinesis, client, running, stateFolder }));
    } finally {
      client.destroy();
    }
  } finally {
    await kinesis.stop();
  }
}

async function withApplication<R>(
  say: (text: string) => void,
  use: (running: RunningApplication, stateFolder: string) => Promise<R>,
): Promise<R> {
  say('Starting the shopping cart on the embedded engine ...');
  const stateFolder = await mkdtemp(join(tmpdir(), 'statefun-shopping-cart-'));
  const running = await runApplication(await loadShoppingCart(), { stateFolder });
  try {
    say(`  state in ${stateFolder}`);
    return await use(running, stateFolder);
  } finally {
    await running.stop();
  }
}

/** The built application of examples/shopping-cart, as `statefun run examples/shopping-cart` finds it. */
async function loadShoppingCart(): Promise<ApplicationDefinition> {
  // The default export of that package is an application; runApplication rejects with NOT_AN_APPLICATION if it is not.
  return ((await import(import.meta.resolve('shopping-cart'))) as { readonly default: ApplicationDefinition }).default;
}

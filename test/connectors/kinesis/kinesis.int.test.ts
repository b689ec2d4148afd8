import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import { DescribeStreamSummaryCommand, SplitShardCommand, type KinesisClient } from '@aws-sdk/client-kinesis';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo } from 'node:net';
import { networkInterfaces } from 'node:os';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { EmbeddedKinesis } from '../../../src/kinesis.ts';
import { systemClock } from '../../../src/shared/time/clock.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import type { IngressContext, IngressRecord } from '../../../src/ingress/ingress.ts';
import { egressRecord } from '../../contracts/egress-contract.ts';

// The embedded Kinesis needs files that only the build makes; the type comes from the sources, which are there without it.
const built = new URL('../../../dist/kinesis.js', import.meta.url).href;
type Built = typeof import('../../../src/kinesis.ts');
let createKinesisClient: Built['createKinesisClient'];
let kinesisEgress: Built['kinesisEgress'];
let kinesisIngress: Built['kinesisIngress'];
let startEmbeddedKinesis: Built['startEmbeddedKinesis'];

beforeAll(async () => {
  ({ createKinesisClient, kinesisEgress, kinesisIngress, startEmbeddedKinesis } = (await import(built)) as Built);
});

jest.setTimeout(60_000);

async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 30_000;
  while (!(await condition())) {
    if (Date.now() > deadline) throw new Error(`still waiting for: ${condition.toString()}`);
    await delay(20);
  }
}

function isListening(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    socket.on('connect', () => (socket.destroy(), resolve(true)));
    socket.on('error', () => resolve(false));
  });
}

function engineContext(records: IngressRecord[], positions = new Map<string, string>()): IngressContext {
  return {
    positions: new Map(positions),
    clock: systemClock,
    logger: silentLogger,
    signal: new AbortController().signal,
    deliver: (delivered) => {
      for (const record of delivered) positions.set(record.partition, record.position);
      return Promise.resolve(void records.push(...delivered));
    },
    savePosition: (partition, position) => Promise.resolve(void positions.set(partition, position)),
    finished: () => undefined,
    failed: (error) => {
      throw error;
    },
  };
}

const textOf = (record: IngressRecord): string => Buffer.from(record.data).toString('utf8');

describe('Kinesis connectors on the embedded Kinesis', () => {
  let kinesis: EmbeddedKinesis;
  let client: KinesisClient;

  beforeAll(async () => {
    kinesis = await startEmbeddedKinesis({ streams: [{ name: 'round-trip', shards: 2 }, { name: 'split' }] });
    client = await createKinesisClient({ endpoint: kinesis.endpoint });
  });
  afterAll(async () => {
    client.destroy();
    await kinesis.stop();
  });

  it('read what they write, the records of a key in order, and go on after a restart', async () => {
    const egress = kinesisEgress('test/out', { stream: 'round-trip', client: { endpoint: kinesis.endpoint } });
    await egress.start({ clock: systemClock, logger: silentLogger, signal: new AbortController().signal });
    const sent = Array.from({ length: 60 }, (_, index) => egressRecord(`e${index}`, { key: `cart-${index % 6}` }));
    expect(await egress.send(sent)).toEqual([]);

    const received: IngressRecord[] = [];
    const positions = new Map<string, string>();
    const options = { stream: 'round-trip', client: { endpoint: kinesis.endpoint } };
    const first = kinesisIngress(options);
    await first.start(engineContext(received, positions));
    await until(() => received.length >= 60);
    await first.stop();
    for (const key of new Set(sent.map((record) => record.key))) {
      const ofKey = received.filter((record) => record.key === key).map(textOf);
      expect(ofKey).toEqual(sent.filter((record) => record.key === key).map((record) => record.data));
    }
    expect(new Set(received.map((record) => record.partition)).size).toBe(2);

    await egress.send([egressRecord('after', { key: 'cart-1' })]);
    await egress.stop();
    const later: IngressRecord[] = [];
    const second = kinesisIngress(options);
    await second.start(engineContext(later, positions));
    await until(() => later.length > 0);
    await second.stop();
    expect(later.map(textOf)).toEqual([egressRecord('after').data]);
  });

  it('follow a split without losing or reordering a record', async () => {
    const egress = kinesisEgress('test/out', { stream: 'split', client: { endpoint: kinesis.endpoint } });
    await egress.start({ clock: systemClock, logger: silentLogger, signal: new AbortController().signal });
    const received: IngressRecord[] = [];
    const positions = new Map<string, string>();
    const ingress = kinesisIngress({ stream: 'split', client: { endpoint: kinesis.endpoint } });
    await ingress.start(engineContext(received, positions));
    const send = (name: string) =>
      egress.send(Array.from({ length: 20 }, (_, index) => egressRecord(`${name}${index}`, { key: `k${index % 5}` })));
    await send('before');
    const middle = (2n ** 127n).toString();
    await client.send(new SplitShardCommand({ StreamName: 'split', ShardToSplit: 'shardId-000000000000', NewStartingHashKey: middle }));
    await until(async () => {
      const { StreamDescriptionSummary } = await client.send(new DescribeStreamSummaryCommand({ StreamName: 'split' }));
      return StreamDescriptionSummary?.OpenShardCount === 2;
    });
    await send('after');
    await until(() => received.length >= 40 && positions.get('shardId-000000000000') === 'SHARD_END');
    await ingress.stop();
    await egress.stop();
    const lastOfParent = received.findLastIndex((record) => record.partition === 'shardId-000000000000');
    const firstOfChild = received.findIndex((record) => record.partition !== 'shardId-000000000000');
    expect(lastOfParent).toBeLessThan(firstOfChild);
    expect(received).toHaveLength(40);
  });

  it('says which stream is missing', async () => {
    const ingress = kinesisIngress({ stream: 'nowhere', client: { endpoint: kinesis.endpoint } });
    await expect(ingress.start(engineContext([]))).rejects.toMatchObject({ code: 'KINESIS_STREAM_MISSING' });
    await ingress.stop();
  });
});

describe('startEmbeddedKinesis', () => {
  it('listens on the loopback address alone, and not at all after stop', async () => {
    const ports = { plain: await freePort(), tls: await freePort() };
    const kinesis = await startEmbeddedKinesis({ ports });
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter((address) => !address.internal);
    for (const port of [ports.plain, ports.tls]) {
      expect(await isListening('127.0.0.1', port)).toBe(true);
      for (const { address } of others) expect([address, await isListening(address, port)]).toEqual([address, false]);
      if (process.platform === 'linux') expect(await listeningAddresses(port)).toEqual(['0100007F']);
    }
    await kinesis.stop();
    await kinesis.stop();
    expect(await isListening('127.0.0.1', ports.plain)).toBe(false);
  });

  it('says that a port is taken', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const taken = (server.address() as AddressInfo).port;
    const start = startEmbeddedKinesis({ ports: { plain: taken, tls: await freePort() } });
    await expect(start).rejects.toMatchObject({ code: 'EMBEDDED_KINESIS_FAILED' });
    server.close();
  });

  it('ends with its parent, even when that is killed', async () => {
    const script = `const { startEmbeddedKinesis } = await import(${JSON.stringify(built)});
      console.log((await startEmbeddedKinesis({ streams: [{ name: 'a' }] })).endpoint);`;
    const parent = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', 'pipe', 'ignore'] });
    const [endpoint] = (await once(createInterface(parent.stdout), 'line')) as [string];
    const port = Number(new URL(endpoint).port);
    // A connection that is left open keeps the emulator from ending gracefully: it closes only with the process.
    const open = connect({ host: '127.0.0.1', port });
    open.write('GET /healthcheck HTTP/1.1\r\nHost: localhost\r\n\r\n');
    await once(open, 'data');
    const closed = once(open, 'close', { signal: AbortSignal.timeout(10_000) });
    parent.kill('SIGKILL');
    await closed;
    await until(async () => !(await isListening('127.0.0.1', port)));
  });
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** The local addresses, as the kernel writes them, of sockets that listen (state 0A) on the port. */
async function listeningAddresses(port: number): Promise<readonly string[]> {
  const tables = await Promise.all(['/proc/net/tcp', '/proc/net/tcp6'].map((path) => readFile(path, 'utf8').catch(() => '')));
  const rows = tables.flatMap((table) => table.split('\n').slice(1)).map((row) => row.trim().split(/\s+/));
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return rows
    .filter(([, local, , state]) => local?.endsWith(`:${hexPort}`) === true && state === '0A')
    .map(([, local]) => local?.split(':')[0] ?? '');
}

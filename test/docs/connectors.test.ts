import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { gunzipSync, gzipSync } from 'node:zlib';
import {
  CloudEvent,
  defineApplication,
  fileEgress,
  fileIngress,
  Handles,
  StatefunFunction,
  type Context,
  type Downstream,
  Forwarder,
  type EventForwarder,
  runApplication,
} from 'statefun';
import { memoryEgress, memoryIngress, type IngressRecord } from 'statefun/connectors';
import { MemoryStore } from 'statefun/storage';
import { kinesisEgress, kinesisIngress } from 'statefun/kinesis';
import { testApplication, testIngress } from 'statefun/testing';
import { silentLogger } from '../../src/shared/logger.ts';
import { describeEgress, egressContext, egressRecord } from '../contracts/egress-contract.ts';
import { describeEndlessIngress, describeIngress, type IngressSource } from '../contracts/ingress-contract.ts';
import { DropFolder } from './drop-folder.ts';
import { Webhook } from './webhook.ts';

// The code in docs/connectors.md, and that it does what the document says.

@StatefunFunction('shop/order')
class OrderFunction {
  @Handles('order.placed')
  onOrder(event: CloudEvent, context: Context): void {
    // #region egress-key
    context.egress('shop/status', { type: 'order.accepted', data: event.data }, { key: context.self.id });
    // #endregion egress-key
  }
}

@Forwarder('order.placed')
class OrderEvents implements EventForwarder {
  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.send(OrderFunction, event.subject ?? '', event);
  }
}

// #region format
/** Orders come as gzip of `{ "number": …, "total": … }`. */
function toOrderPlaced(record: IngressRecord): CloudEvent {
  const json = gunzipSync(record.data, { maxOutputLength: 1024 * 1024 }).toString('utf8');
  // Whatever is not as expected throws, and the record becomes a dead letter.
  const { number, total } = JSON.parse(json) as { number: string; total: number };
  if (typeof number !== 'string') throw new TypeError('the order has no number');
  return new CloudEvent({ id: record.identity, source: '/legacy-shop', type: 'order.placed', subject: number, data: { total } });
}
// #endregion format

// #region kinesis
export const shop = defineApplication({
  name: 'shop',
  functions: [OrderFunction],
  forwarders: [OrderEvents],
  ingress: [kinesisIngress({ id: 'orders', stream: 'shop-orders', start: 'LATEST', format: toOrderPlaced })],
  egress: [kinesisEgress('shop/status', { stream: 'shop-status' })],
});
// #endregion kinesis

// #region files
export const shopOnFiles = defineApplication({
  name: 'shop',
  functions: [OrderFunction],
  forwarders: [OrderEvents],
  ingress: [fileIngress({ id: 'orders', path: 'orders.jsonl', follow: true })],
  egress: [fileEgress('shop/status', { path: 'status.jsonl' })],
});
// #endregion files

async function dropFolderSource(): Promise<IngressSource> {
  const folder = await mkdtemp(join(tmpdir(), 'statefun-drop-folder-'));
  let files = 0;
  return {
    write: async (texts) => {
      for (const content of texts) {
        const name = String((files += 1)).padStart(6, '0');
        await writeFile(join(folder, `${name}.part`), content);
        await rename(join(folder, `${name}.part`), join(folder, `${name}.json`));
      }
    },
    open: () => new DropFolder(folder),
    close: () => rm(folder, { recursive: true }),
  };
}

describeIngress('the drop folder of the document', dropFolderSource);
describeEndlessIngress('the drop folder of the document', dropFolderSource);

/** Takes each idempotency key once; answers 422 to what is not JSON, and as often as asked with 503. */
async function startReceiver(): Promise<{ server: Server; url: string; taken: Map<string, string>; busy: number }> {
  const receiver = { server: createServer(), url: '', taken: new Map<string, string>(), busy: 0 };
  receiver.server.on('request', (request, response) => {
    void text(request).then((body) => {
      if (receiver.busy-- > 0) return response.writeHead(503).end();
      if (!body.startsWith('{')) return response.writeHead(422).end();
      const key = String(request.headers['idempotency-key']);
      if (!receiver.taken.has(key)) receiver.taken.set(key, body);
      receiver.server.emit('taken');
      return response.writeHead(204).end();
    });
  });
  receiver.server.listen(0, '127.0.0.1');
  await once(receiver.server, 'listening');
  // A server that listens on a port has an address of this form.
  receiver.url = `http://127.0.0.1:${(receiver.server.address() as AddressInfo).port}/`;
  return receiver;
}

async function stopReceiver({ server }: { readonly server: Server }): Promise<void> {
  server.closeAllConnections();
  server.close();
  await once(server, 'close');
}

describeEgress('the webhook of the document', { skipsResent: true }, async () => {
  const receiver = await startReceiver();
  return {
    open: () => new Webhook('test/out', receiver.url),
    read: () => Promise.resolve([...receiver.taken.values()]),
    close: () => stopReceiver(receiver),
  };
});

describe('docs/connectors.md', () => {
  let receiver: Awaited<ReturnType<typeof startReceiver>>;
  let folder: string;
  beforeAll(async () => {
    receiver = await startReceiver();
    folder = await mkdtemp(join(tmpdir(), 'statefun-connectors-'));
  });
  afterAll(async () => {
    await stopReceiver(receiver);
    await rm(folder, { recursive: true });
  });

  it('turns records that are no CloudEvents into events, and what cannot be read into dead letters', () => {
    // #region format-test
    const orders = testIngress(kinesisIngress({ stream: 'shop-orders', format: toOrderPlaced }));

    const { event } = orders.reads(gzipSync('{"number":"17","total":5}'));
    expect(event).toMatchObject({ type: 'order.placed', subject: '17', data: { total: 5 } });
    expect(orders.reads(gzipSync('{}')).deadLetter?.reason).toBe('the order has no number');
    // #endregion format-test
  });

  it('says of an aggregated record what it is', () => {
    const aggregate = Buffer.concat([Buffer.from('f3899ac2', 'hex'), Buffer.alloc(40)]);
    expect(testIngress(kinesisIngress({ stream: 'orders' })).reads(aggregate).deadLetter?.code).toBe('RECORD_AGGREGATED');
  });

  it('tests an ingress of its own', async () => {
    // #region ingress-test
    const first = testIngress(new DropFolder(folder));
    await writeFile(join(folder, '0001.json'), '{"specversion":"1.0","id":"1","source":"/s","type":"order.placed"}');
    await writeFile(join(folder, '0002.json'), 'nonsense');
    await first.start();
    await first.whenReceived(2);
    expect(first.events.map(({ id }) => id)).toEqual(['1']);
    expect(first.received[1]?.deadLetter?.code).toBe('RECORD_NOT_JSON');
    await first.stop();

    // The next run begins where this one ended, and a record keeps its identity.
    const second = testIngress(new DropFolder(folder), { positions: first.positions });
    await writeFile(join(folder, '0003.json'), '{"specversion":"1.0","id":"3","source":"/s","type":"order.placed"}');
    await second.start();
    await second.whenReceived(1);
    expect(second.received.map(({ record }) => record.identity)).toEqual([`drop-folder:${folder}/0003.json`]);
    await second.stop();
    // #endregion ingress-test
  });

  it('rejects a webhook that is busy, and gives up what it refuses', async () => {
    const webhook = new Webhook('shop/status', receiver.url);
    await webhook.start(egressContext());
    receiver.busy = 1;
    await expect(webhook.send([egressRecord('a')])).rejects.toThrow('answered 503');
    const refused = egressRecord('b', { data: 'not JSON' });
    expect(await webhook.send([egressRecord('a', { resent: true }), refused])).toEqual([{ record: refused, error: expect.any(Error) }]);
    expect([...receiver.taken.keys()]).toEqual(['a']);
  });

  it('runs an application on connectors of its own', async () => {
    receiver.taken.clear();
    receiver.busy = 1;
    const orders = await mkdtemp(join(folder, 'orders-'));
    // #region application
    const application = defineApplication({
      name: 'shop',
      functions: [OrderFunction],
      forwarders: [OrderEvents],
      ingress: [new DropFolder(orders)],
      egress: [new Webhook('shop/status', receiver.url)],
    });
    // #endregion application
    const placed = { specversion: '1.0', id: '1', source: '/s', type: 'order.placed', subject: '17', data: { total: 5 } };
    await writeFile(join(orders, '1.json'), JSON.stringify(placed));
    const taken = once(receiver.server, 'taken');
    const running = await runApplication(application, { store: new MemoryStore(), logger: silentLogger });
    await taken;
    await running.stop();
    expect([...receiver.taken.values()].map((body) => JSON.parse(body) as unknown)).toEqual([
      expect.objectContaining({ type: 'order.accepted', data: { total: 5 } }),
    ]);
  });

  it('runs an application on memory', async () => {
    // #region memory
    const orders = memoryIngress();
    const status = memoryEgress('shop/status');
    const application = defineApplication({
      name: 'shop',
      functions: [OrderFunction],
      forwarders: [OrderEvents],
      ingress: [orders],
      egress: [status],
    });
    const running = await runApplication(application, { store: new MemoryStore() });
    orders.push(new CloudEvent({ id: '1', source: '/s', type: 'order.placed', subject: '17', data: { total: 5 } }));
    orders.end();
    await running.whenFinished();
    expect(status.events).toEqual([expect.objectContaining({ type: 'order.accepted', data: { total: 5 } })]);
    // #endregion memory
    await running.stop();
  });

  it.each([shop, shopOnFiles])('handles an order, whatever the connectors', async (definition) => {
    const application = await testApplication(definition);
    await application.receives(new CloudEvent({ id: '1', source: '/s', type: 'order.placed', subject: '17', data: { total: 5 } }));
    expect(application.egress('shop/status')).toMatchObject([{ event: { type: 'order.accepted' }, key: '17' }]);
    await application.stop();
  });
});

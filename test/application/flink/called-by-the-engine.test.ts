import { afterEach, describe, expect, it } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { testApplication } from 'statefun/testing';
import shoppingCart from '../../../examples/shopping-cart/src/application.ts';
import { CartEvents } from '../../../examples/shopping-cart/src/forwarders/cart-events.ts';
import { ProductEvents } from '../../../examples/shopping-cart/src/forwarders/product-events.ts';
import { defineApplication, type ApplicationDefinition } from '../../../src/application/definition.ts';
import { serveApplication, type ServedApplication } from '../../../src/application/flink/serve-application.ts';
import { runApplication, type RunningApplication } from '../../../src/application/running/run-application.ts';
import { kinesisEgress } from '../../../src/connectors/kinesis/kinesis-egress.ts';
import { memoryEgress, type MemoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import { memoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Downstream } from '../../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { remoteFunctions } from '../../../src/request-reply/calling/remote-functions.ts';
import { decodeKinesisRecord } from '../../../src/request-reply/protocol/egress-records.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { Persisted } from '../../../src/state/persisted.ts';
import { PersistedValue } from '../../../src/state/persisted-value.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';

/** Publishes every second event that it gets, and says so nowhere. */
@StatefunFunction('shop/shelf')
class Shelf {
  @Persisted() private readonly count = PersistedValue.of<number>();

  @Handles('filled')
  onFilled(_event: CloudEvent, context: Context): void {
    const count = (this.count.get() ?? 0) + 1;
    this.count.set(count);
    context.egress('shop/out', { type: 'counted', data: { count } });
    if (count % 2 === 0) context.publish({ type: 'offer', data: { count } });
  }
}

@StatefunFunction('shop/customer')
class Customer {
  @Handles('watch')
  onWatch(_event: CloudEvent, context: Context): void {
    context.subscribe(Shelf, context.self.id);
  }

  @Handles('offer')
  onOffer({ data }: CloudEvent, context: Context): void {
    context.egress('shop/out', { type: 'offered', data });
  }
}

@Forwarder()
class ToShop {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent<{ id: string }>, downstream: Downstream): void {
    downstream.send(event.type === 'watch' ? 'shop/customer' : 'shop/shelf', event.data.id, event);
  }
}

const shop = defineApplication({
  name: 'shop',
  functions: [Shelf, Customer],
  forwarders: [ToShop],
  egress: [kinesisEgress('shop/out', { stream: 'out' })],
});

const parse = (text: string): CloudEvent => JSON.parse(text) as CloudEvent;
const shown = ({ type, data }: CloudEvent) => ({ type, data });

/** What the served functions have sent out: records of the cluster, as bytes in events. */
const sentOut = (out: MemoryEgress) =>
  out.events.map(({ data_base64: bytes = '' }) =>
    shown(parse(Buffer.from(decodeKinesisRecord(Buffer.from(bytes, 'base64')).value).toString())),
  );

describe('An application that is served to the engine', () => {
  let served: ServedApplication | undefined;
  let running: RunningApplication | undefined;
  afterEach(async () => {
    await running?.stop();
    await served?.close();
  });

  /** The forwarders run on the engine, the functions behind the protocol. A phase begins when the one before it is done, on the same store. */
  async function through(
    application: ApplicationDefinition,
    functions: string,
    forwarders: NonNullable<Parameters<typeof defineApplication>[0]['forwarders']>,
    egressId: string,
    phases: readonly (readonly CloudEvent[])[],
  ): Promise<ReturnType<typeof sentOut>> {
    served = await serveApplication(application, { logger: silentLogger, configuration: {}, server: { port: 0 } });
    const [store, out] = [new MemoryStore(), memoryEgress(egressId)];
    for (const phase of phases.keys()) {
      const ingress = memoryIngress();
      for (const event of phases.slice(0, phase + 1).flat()) ingress.push(event);
      ingress.end();
      const definition = defineApplication({
        name: 'engine',
        forwarders,
        remote: [remoteFunctions({ functions, url: served.server.url })],
        ingress: [ingress],
        egress: [out],
      });
      running = await runApplication(definition, { store, logger: silentLogger, configuration: {} });
      await running.whenFinished();
      expect(running.deadLetters()).toEqual([]);
      await running.stop();
    }
    return sentOut(out);
  }

  it('sends out what it sends out when the engine holds its classes: the shopping cart', async () => {
    const fixture = new URL('../../../examples/shopping-cart/test/fixtures/cart-lifecycle.jsonl', import.meta.url);
    const events = readFileSync(fixture, 'utf8')
      .split('\n')
      .filter((line) => line !== '')
      .map(parse)
      .filter(({ type }) => !type.startsWith('test.'));
    const embedded = await testApplication(shoppingCart);
    await embedded.play(fixture);
    const expected = embedded.egress().map(({ event }) => shown(event));
    await embedded.stop();
    expect(expected.length).toBeGreaterThan(0);
    expect(
      await through(
        shoppingCart,
        'example/*',
        [CartEvents, ProductEvents],
        'example/cart-status',
        events.map((event) => [event]),
      ),
    ).toEqual(expected);
  });

  it('asks for subscribers at many addresses at a time, and counts and tells everything once', async () => {
    const ids = Array.from({ length: 40 }, (_, index) => `${index}`);
    const of = (type: string, round: number) =>
      ids.map((id): CloudEvent => ({ specversion: '1.0', id: `${type} ${round} ${id}`, source: '/test', type, data: { id } }));
    const left = await through(shop, 'shop/*', [ToShop], 'shop/out', [
      of('filled', 0),
      of('watch', 0),
      [1, 2, 3, 4].flatMap((round) => of('filled', round)),
    ]);
    const counts = (type: string) => left.filter((event) => event.type === type).map(({ data }) => (data as { count: number }).count);
    expect(counts('counted').sort()).toEqual([1, 2, 3, 4, 5].flatMap((count) => ids.map(() => count)));
    expect(counts('offered').sort()).toEqual([2, 4].flatMap((count) => ids.map(() => count)));
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { defineApplication } from '../../../src/application/definition.ts';
import { runApplication } from '../../../src/application/running/run-application.ts';
import { memoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import { memoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Downstream } from '../../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../../src/functions/context.ts';
import { Handles, OnSubscribe, StatefunFunction } from '../../../src/functions/decorators.ts';
import { addressIdBytesMax, functionTypeBytesMax } from '../../../src/shared/address.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { Persisted } from '../../../src/state/persisted.ts';
import { PersistedTable } from '../../../src/state/persisted-table.ts';
import { PersistedValue } from '../../../src/state/persisted-value.ts';
import { createTemporaryFolder, openInline, removeFolder } from '../../storage/log-fixture.ts';

const typeOf = (name: string): string => `${'n'.repeat(functionTypeBytesMax - 1 - name.length)}/${name}`;
const [publisherType, subscriberType, egressId] = [typeOf('publisher'), typeOf('subscriber'), typeOf('egress')];
/** The longest ids: of one byte a character, of three, and of six where JSON escapes them. */
const ids = ['x'.repeat(addressIdBytesMax), '€'.repeat(addressIdBytesMax / 3), '\u0001'.repeat(addressIdBytesMax)];

@StatefunFunction(publisherType)
class Publisher {
  @Persisted() private readonly price = PersistedValue.of<number>();

  @Handles('price')
  onPrice(event: CloudEvent<{ price: number }>, context: Context): void {
    this.price.set(event.data.price);
    context.publish({ type: 'priced', data: event.data.price });
  }

  @OnSubscribe()
  current(): { readonly type: string; readonly data: number } | undefined {
    const price = this.price.get();
    return price === undefined ? undefined : { type: 'priced', data: price };
  }
}

@StatefunFunction(subscriberType)
class Subscriber {
  @Persisted() private readonly prices = PersistedTable.of<number>();

  @Handles('watch')
  onWatch(_event: CloudEvent, context: Context): void {
    const { id } = context.self;
    context.subscribe(publisherType, id, { correlationId: id });
    context.sendAfter(0, subscriberType, id, { type: 'tick', data: null }, { cancellationToken: id });
  }

  @Handles('tick')
  onTick(_event: CloudEvent, context: Context): void {
    context.egress(egressId, { type: 'ticked', data: null }, { key: context.self.id });
  }

  @Handles('priced')
  onPriced(event: CloudEvent<number>, context: Context): void {
    this.prices.set(context.self.id, event.data);
    context.egress(egressId, { type: 'seen', data: event.data });
  }
}

@Forwarder()
class Both {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent<{ id: string }>, downstream: Downstream): void {
    downstream.send(event.type === 'watch' ? Subscriber : Publisher, event.data.id, event, { partitionKey: event.data.id });
  }
}

const folders: string[] = [];
afterEach(() => folders.splice(0).forEach(removeFolder));

describe('the longest ids and types', () => {
  it('can be used for everything, on disk and after a restart', async () => {
    const folder = createTemporaryFolder();
    folders.push(folder);
    const out = memoryEgress(egressId);
    for (const type of ['watch', 'price']) {
      const ingress = memoryIngress({ id: type });
      for (const id of ids) ingress.push({ specversion: '1.0', id: type, source: '/t', type, data: { id, price: 7 } });
      ingress.end();
      const store = await openInline(folder);
      const application = defineApplication({ functions: [Publisher, Subscriber], forwarders: [Both], ingress: [ingress], egress: [out] });
      const running = await runApplication(application, { store, logger: silentLogger, environment: {} });
      await running.whenFinished();
      const failure = running.deadLetters().map(({ code }) => code);
      await running.stop();
      await store.close();
      expect(failure).toEqual([]);
    }
    expect(out.records.map(({ key }) => (key === undefined ? -1 : ids.indexOf(key))).sort()).toEqual([0, 0, 1, 1, 2, 2]);
    expect(out.events.map(({ type }) => type).sort()).toEqual(['seen', 'seen', 'seen', 'ticked', 'ticked', 'ticked']);
  });
});

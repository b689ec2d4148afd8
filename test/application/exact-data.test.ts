import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { defineApplication } from '../../src/application/definition.ts';
import { flinkApplication } from '../../src/application/flink/serve-application.ts';
import { runApplication } from '../../src/application/running/run-application.ts';
import { shownValue } from '../../src/state-tools/shown-value.ts';
import { kinesisEgress } from '../../src/connectors/kinesis/kinesis-egress.ts';
import { memoryEgress } from '../../src/connectors/memory/memory-egress.ts';
import { memoryIngress } from '../../src/connectors/memory/memory-ingress.ts';
import type { Egress } from '../../src/egress/egress.ts';
import type { CloudEvent } from '../../src/envelope/cloud-event.ts';
import { eventType, type EventOf } from '../../src/envelope/event-type.ts';
import type { Downstream } from '../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../src/forwarders/forwarder-decorator.ts';
import type { Context } from '../../src/functions/context.ts';
import { Handles, StatefunFunction } from '../../src/functions/decorators.ts';
import type { Ingress } from '../../src/ingress/ingress.ts';
import { decodeKinesisRecord } from '../../src/request-reply/protocol/egress-records.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { testCluster } from '../../src/testing/cluster/test-cluster.ts';

const Copied = eventType('copied', z.object({ a: z.unknown(), n: z.number() }));

@StatefunFunction('exact/hub')
class Hub {
  @Persisted() private readonly kept = PersistedValue.of<unknown>();

  @Handles()
  on(event: CloudEvent, context: Context): void {
    const { data } = event;
    if (this.kept.exists()) context.egress('exact/out', { type: 'kept', data: this.kept.get() });
    context.egress('exact/out', event);
    context.egress('exact/out', { ...event, type: 'retyped' });
    context.egress('exact/out', { type: 'new', data });
    context.subscribe('exact/leaf', 'x');
    context.send('exact/leaf', 'x', event);
    context.send('exact/leaf', 'x', { type: 'sent', data });
    context.sendAfter(0, 'exact/leaf', 'x', { type: 'delayed', data });
    this.kept.set(data);
  }

  @Handles('published')
  onPublished(event: CloudEvent, context: Context): void {
    context.egress('exact/out', event);
  }

  /** The schema makes a copy of the data, with its members in another order. */
  @Handles(Copied)
  onCopied(event: EventOf<typeof Copied>, context: Context): void {
    context.egress('exact/out', { type: 'checked', data: event.data });
    context.egress('exact/out', { type: 'changed', data: { ...event.data } });
  }
}

@StatefunFunction('exact/leaf')
class Leaf {
  @Handles()
  on(event: CloudEvent, context: Context): void {
    context.publish({ type: 'published', data: event.data });
    context.egress('exact/out', event);
  }
}

@Forwarder()
class ToHub {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    downstream.send(Hub, 'h', event.subject === 'renew' ? { type: 'renewed', data: event.data } : event);
  }
}

const applicationOf = (ingress: readonly Ingress[], egress: Egress) =>
  defineApplication({ name: 'exact', functions: [Hub, Leaf], forwarders: [ToHub], ingress, egress: [egress] });

/** What leaves for one event, by type, as text. */
async function leaving(...records: readonly string[]): Promise<readonly (readonly [string, string])[]> {
  const [ingress, out] = [memoryIngress(), memoryEgress('exact/out')];
  for (const data of records) ingress.push({ data });
  const running = await runApplication(applicationOf([ingress], out), { store: new MemoryStore(), logger: silentLogger, environment: {} });
  ingress.end();
  await running.whenFinished();
  expect(running.deadLetters()).toEqual([]);
  await running.stop();
  return out.records.map(({ data }) => [(JSON.parse(String(data)) as { type: string }).type, String(data)] as const);
}

const record = (data: string, more = '', type = 'came'): string =>
  `{"specversion":"1.0","id":"1","source":"/s","type":"${type}"${more},"data":${data}}`;
const exact = '{"id":1524831183200260097, "price":1.50,"deep":[{"n":-9007199254740993}],"text":"1524831183200260097 \\u00e9"}';

describe('data that is passed on', () => {
  it.each([exact, '1524831183200260097', '[0.12345678901234567890, 1E+2]', '"Jos\\u00e9"'])(
    'stays the text it came as: %s',
    async (data) => {
      const texts = await leaving(record(data));
      const unchanged = ['came', 'retyped', 'new', 'came', 'sent', 'delayed', 'published', 'published', 'published'].sort();
      expect(texts.map(([type]) => type).sort()).toEqual(unchanged);
      expect(texts.filter(([, text]) => !text.endsWith(`"data":${data}}`))).toEqual([]);
    },
  );

  it('stays so behind a forwarder that makes a new event of it', async () => {
    const texts = await leaving(record(exact, ',"subject":"renew"'));
    expect(texts.filter(([type, text]) => type === 'renewed' && text.endsWith(`"data":${exact}}`))).toHaveLength(2);
  });

  it('stays so when it came as Base64', async () => {
    const json = `{"specversion":"1.0","id":"1","source":"/s","type":"came","datacontenttype":"application/json","data_base64":"${Buffer.from(exact).toString('base64')}"}`;
    const texts = await leaving(json);
    expect(texts.filter(([type, text]) => type === 'new' && text.endsWith(`"data":${exact}}`))).toHaveLength(1);
  });

  it('stays so when a schema gives a copy of it, and ends where a handler makes other data of it', async () => {
    const data = '{"n":1524831183200260097,"a":0.10}';
    const texts = await leaving(record(data, '', 'copied'));
    expect(texts.map(([type, text]) => [type, text.slice(text.indexOf('"data":') + 7, -1)])).toEqual([
      ['checked', data],
      ['changed', '{"n":1524831183200260000,"a":0.1}'],
    ]);
  });

  it('ends at a state cell, which keeps values', async () => {
    const texts = await leaving(record('{"n":1524831183200260097}'), record('{"n":7}'));
    expect(texts.filter(([type]) => type === 'kept').map(([, text]) => text.slice(text.indexOf('"data":') + 7, -1))).toEqual([
      '{"n":1524831183200260000}',
    ]);
  });

  it('stays so on Flink, also in a dead letter', async () => {
    const egress = kinesisEgress('exact/out', { stream: 'out' });
    const served = await flinkApplication(applicationOf([], egress), { logger: silentLogger, configuration: {} });
    const cluster = testCluster(served.handler);
    await cluster.send('exact/router', 'k', { typename: 'io.cloudevents/CloudEvent', hasValue: true, value: Buffer.from(record(exact)) });
    await cluster.send('exact/hub', 'k', {
      typename: 'io.cloudevents/CloudEvent',
      hasValue: true,
      value: Buffer.from(record(exact, '', 'copied')),
    });
    await served.close();
    const texts = cluster.egress().map(({ argument }) => Buffer.from(decodeKinesisRecord(argument.value).value).toString());
    expect(texts.filter((text) => text.includes('"type":"statefun.dead-letter"') && text.includes(exact))).toHaveLength(1);
    expect(texts.filter((text) => text.endsWith(`"data":${exact}}`))).toHaveLength(7);
  });
});

it('is text to the state tools where JavaScript has not all digits of a number', () => {
  expect(shownValue(Buffer.from(exact))).toEqual({ $text: exact });
  expect(shownValue(Buffer.from('{"n":1.50}'))).toEqual({ n: 1.5 });
});

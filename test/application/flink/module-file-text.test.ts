import { describe, expect, it } from '@jest/globals';
import { parseAllDocuments } from 'yaml';
import shoppingCart from '../../../examples/shopping-cart/src/application.ts';
import { assembleApplication } from '../../../src/application/assemble.ts';
import { defineApplication, type ApplicationDefinition } from '../../../src/application/definition.ts';
import { moduleFileText } from '../../../src/application/flink/module-file-text.ts';
import { kinesisEgress } from '../../../src/connectors/kinesis/kinesis-egress.ts';
import { kinesisIngress, type KinesisIngressOptions } from '../../../src/connectors/kinesis/kinesis-ingress.ts';
import { memoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import { ReadingEvents, ReportFunction, TotalFunction } from '../classes.ts';

const options = { url: 'http://functions:8000/statefun', batchMessagesMax: 500, playground: false };

async function documents(application: ApplicationDefinition, more: Partial<typeof options> = {}, settings = {}): Promise<unknown[]> {
  const assembled = await assembleApplication(application, { configuration: settings, dryRun: true });
  return parseAllDocuments(moduleFileText(assembled, { ...options, ...more })).map((document) => document.toJS() as unknown);
}

const meter = (ingress: KinesisIngressOptions) =>
  defineApplication({
    name: '@acme/meter readings',
    functions: [TotalFunction, ReportFunction],
    forwarders: [ReadingEvents],
    ingress: [kinesisIngress(ingress)],
    egress: [kinesisEgress('meter/totals', { stream: 'totals', format: 'envelope' })],
  });

const endpoint = (functions: string) => ({
  kind: 'io.statefun.endpoints.v2/http',
  spec: { functions, urlPathTemplate: 'http://functions:8000/statefun', maxNumBatchRequests: 500 },
});

describe('moduleFileText', () => {
  it('has a document for every function, the router, the streams and the dead letters', async () => {
    expect(await documents(shoppingCart)).toEqual([
      endpoint('example/cart'),
      endpoint('example/product'),
      endpoint('shopping-cart/router'),
      {
        kind: 'io.statefun.kinesis.v1/ingress',
        spec: {
          id: 'shopping-cart/kinesis-example-ingress-stream',
          startupPosition: { type: 'earliest' },
          streams: [{ stream: 'example-ingress-stream', valueType: 'io.cloudevents/CloudEvent', targets: ['shopping-cart/router'] }],
        },
      },
      { kind: 'io.statefun.kinesis.v1/egress', spec: { id: 'example/cart-status' } },
      { kind: 'io.statefun.kinesis.v1/egress', spec: { id: 'shopping-cart/dead-letters' } },
    ]);
  });

  it('says where the streams are and where reading begins, as the runtime reads it', async () => {
    const [ingress] = (
      await documents(meter({ stream: 'readings', start: { at: '2026-01-31T12:00:00Z' }, client: { region: 'eu-central-1' } }))
    ).slice(3);
    expect(ingress).toMatchObject({
      spec: {
        awsRegion: { type: 'specific', id: 'eu-central-1' },
        startupPosition: { type: 'date', date: '2026-01-31 12:00:00.000 +0000' },
      },
    });
    const [emulated] = (
      await documents(meter({ stream: 'readings', start: 'LATEST', client: { endpoint: 'https://localhost:4567' } }))
    ).slice(3);
    expect(emulated).toMatchObject({
      spec: {
        awsRegion: { type: 'custom-endpoint', endpoint: 'https://localhost:4567', id: 'us-east-1' },
        startupPosition: { type: 'latest' },
      },
    });
  });

  it('never prints credentials', async () => {
    const client = { region: 'eu-central-1', credentials: { accessKeyId: 'AKIA', secretAccessKey: 'very secret' } };
    expect(JSON.stringify(await documents(meter({ stream: 'readings', client })))).not.toMatch(/AKIA|secret/);
  });

  it('takes the settings of the run', async () => {
    const printed = await documents(
      meter({ stream: 'readings' }),
      {},
      { 'kinesis.ingress-stream': 'other', 'kinesis.region': 'us-west-2' },
    );
    expect(printed[3]).toMatchObject({ spec: { awsRegion: { id: 'us-west-2' }, streams: [{ stream: 'other' }] } });
  });

  it('makes names of an application that has other characters', async () => {
    const printed = await documents(meter({ stream: 'readings', format: 'envelope' }));
    expect(printed[2]).toEqual(endpoint('acme-meter-readings/router'));
    expect(printed[3]).toMatchObject({
      spec: { streams: [{ valueType: 'statefun.types/envelope', targets: ['acme-meter-readings/router'] }] },
    });
  });

  it('can be for the playground', async () => {
    const application = defineApplication({
      name: 'meter',
      functions: [TotalFunction],
      forwarders: [ReadingEvents],
      ingress: [memoryIngress()],
    });
    expect((await documents(application, { playground: true })).slice(2)).toEqual([
      { kind: 'io.statefun.playground.v1/ingress', spec: { port: 8090 } },
      { kind: 'io.statefun.playground.v1/egress', spec: { port: 8091, topics: ['dead-letters'] } },
    ]);
  });

  it('is refused with every reason', async () => {
    const memory = defineApplication({
      name: 'meter',
      functions: [TotalFunction],
      forwarders: [ReadingEvents],
      ingress: [memoryIngress()],
    });
    await expect(documents(memory)).rejects.toThrow('ingress "memory" (');
    await expect(documents(memory)).rejects.toThrow('dead letters need a Kinesis stream');
    const none = defineApplication({ name: 'meter', functions: [TotalFunction], egress: [kinesisEgress('meter/totals', { stream: 's' })] });
    await expect(documents(none)).rejects.toThrow('there is no ingress: a cluster needs at least one.');
    const clash = defineApplication({
      ...meter({ stream: 's' }).options,
      egress: [kinesisEgress('acme-meter-readings/dead-letters', { stream: 's' })],
    });
    await expect(documents(clash)).rejects.toThrow('FLINK_UNSUPPORTED');
  });
});

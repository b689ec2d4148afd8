import { describe, expect, it } from '@jest/globals';
import { readModuleFile } from '../../../src/request-reply/module-file/read-module-file.ts';

const read = (text: string) => {
  const { problems, warnings, ...components } = readModuleFile(text, '/app/module.yaml');
  return { ...components, problems: problems.map(({ summary }) => summary), warnings: warnings.map(({ summary }) => summary) };
};

const ingress = `kind: io.statefun.playground.v1/ingress
spec:
  port: 8090`;

describe('a module.yaml of version 3.0', () => {
  it('is one document for all components, with older names', () => {
    const { problems, warnings, ...components } = read(`version: "3.0"
module:
  meta:
    type: remote
  spec:
    endpoints:
      - endpoint:
          meta: { kind: http }
          spec: { functions: demo/*, urlPathTemplate: http://x/, timeouts: { call: 10s } }
    ingresses:
      - ingress:
          meta: { type: io.statefun.kinesis/ingress, id: demo/in }
          spec:
            streams: [{ stream: s, valueType: demo/V, targets: [demo/f] }]
            startupPosition: { type: earliest }
    egresses:
      - egress:
          meta: { type: io.statefun.kinesis/egress, id: demo/out }
          spec: { awsRegion: { type: default } }
`);
    expect([problems, warnings]).toEqual([[], []]);
    expect(components).toMatchObject({
      endpoints: [{ functions: 'demo/*', callBudget: 10_000, finalStatuses: 'client-errors' }],
      ingress: [{ id: 'demo/in', start: 'TRIM_HORIZON', streams: [{ stream: 's' }] }],
      egress: [{ id: 'demo/out' }],
    });
  });
});

describe('a module.yaml of version 2', () => {
  const legacy = (port: string): string => `version: "2.0"
module:
  meta: { type: remote }
  spec:
    functions:
      - function:
          meta: { kind: http, type: workshop/manager }
          spec:
            endpoint: http://functions:8000/statefun
            states: [{ name: a, expireAfter: 1 min }]
            maxNumBatchRequests: 5
            timeout: 2min
    ingresses:
      - ingress:
          meta: { type: statefun.${port}.io/routable-protobuf-ingress, id: workshop/in }
          spec:
            streams: [{ stream: s, typeUrl: com.googleapis/workshop.Transaction, targets: [workshop/manager] }]
    egresses:
      - egress:
          meta: { type: statefun.kinesis.io/generic-egress, id: workshop/out }
          spec: {}
`;

  it('is converted, and says what it can no longer say, and what the functions need', () => {
    const { problems, warnings, ...components } = read(legacy('kinesis'));
    expect(problems).toEqual([]);
    expect(components).toMatchObject({
      endpoints: [{ functions: 'workshop/manager', url: 'http://functions:8000/statefun', batchMessagesMax: 5, callBudget: 120_000 }],
      ingress: [{ id: 'workshop/in', streams: [{ valueType: 'com.googleapis/workshop.Transaction' }] }],
      egress: [{ id: 'workshop/out' }],
    });
    expect(warnings).toEqual([
      expect.stringContaining(':10: module.spec.functions[0].function.spec.states has no effect'),
      expect.stringContaining('serve it with an SDK of version 3'),
    ]);
  });

  it('is refused by name where it needs Kafka', () => {
    expect(read(legacy('kafka')).problems).toEqual([
      expect.stringContaining('statefun.kafka.io/routable-protobuf-ingress needs a Kafka connector'),
    ]);
  });

  it('is recognised by the list of functions that the documents of its SDKs show', () => {
    // As the documents of the 2.x SDKs have it: meta and spec stand beside the empty key function.
    const { endpoints, problems } = read(`functions:
  - function:
    meta:
      kind: http
      type: demo/greeter
    spec:
      endpoint: http://localhost:8000/statefun
      states:
        - foo
---
${ingress}`);
    expect(problems).toEqual([]);
    expect(endpoints).toMatchObject([{ functions: 'demo/greeter', url: 'http://localhost:8000/statefun' }]);
  });
});

import { describe, expect, it } from '@jest/globals';
import { readModuleFile } from '../../../src/request-reply/module-file/read-module-file.ts';

const read = (text: string) => {
  const { problems, warnings, ...components } = readModuleFile(text, '/app/module.yaml');
  return { ...components, problems: problems.map(({ summary }) => summary), warnings: warnings.map(({ summary }) => summary) };
};

const endpoint = `kind: io.statefun.endpoints.v2/http
spec:
  functions: demo/*
  urlPathTemplate: http://functions:8000/statefun`;
const ingress = `kind: io.statefun.playground.v1/ingress
spec:
  port: 8090`;

describe('a module.yaml of version 3.1', () => {
  it('is one document for each component; empty ones are skipped', () => {
    const text = `---
---
${endpoint}
---
kind: io.statefun.endpoints.v2/http
spec:
  functions: demo/slow
  urlPathTemplate: https://slow/{function.name}
  maxNumBatchRequests: 7
  transport:
    type: io.statefun.transports.v1/async
    call: 15 min
    connect: 5s
    pool_ttl: 500ms
    pool_size: 9
    payload_max_bytes: 1000
    trust_cacerts: tls/ca.pem
    client_cert: file:tls/me.pem
    client_key: /etc/me.key
    client_key_password: file:///etc/pass
  engine:
    onFailure: skip
    whenUnavailable: fail
    signingSecretFile: secret
---
${ingress}
---
kind: io.statefun.playground.v1/egress
spec:
  port: 8091
  topics: [greetings, others]
  engine:
    host: 0.0.0.0
---
`;
    expect(read(text)).toEqual({
      endpoints: [
        { functions: 'demo/*', url: 'http://functions:8000/statefun', batchMessagesMax: 1_000 },
        {
          functions: 'demo/slow',
          url: 'https://slow/{function.name}',
          batchMessagesMax: 7,
          callBudget: 900_000,
          connectTimeout: 5_000,
          poolTtl: 500,
          poolSize: 9,
          payloadBytesMax: 1_000,
          tls: { caFile: '/app/tls/ca.pem', certFile: '/app/tls/me.pem', keyFile: '/etc/me.key', passphraseFile: 'file:///etc/pass' },
          onFailure: 'skip',
          whenUnavailable: 'fail',
          signingSecretFile: '/app/secret',
        },
      ],
      ingress: [{ kind: 'playground', port: 8090 }],
      egress: [{ kind: 'playground', port: 8091, topics: ['greetings', 'others'], host: '0.0.0.0' }],
      problems: [],
      warnings: [],
    });
  });

  it('has Kinesis ingress and egress, with region, credentials and start', () => {
    const text = `${endpoint}
---
kind: io.statefun.kinesis.v1/ingress
spec:
  id: demo/in
  awsRegion: { type: custom-endpoint, endpoint: https://localhost:4567, id: us-west-1 }
  awsCredentials: { type: basic, accessKeyId: me, secretAccessKey: hidden }
  startupPosition: { type: date, date: 2020-02-01 04:15:00.000 +0100 }
  streams:
    - { stream: logins, valueType: demo/Login, targets: [demo/greeter, demo/audit] }
  clientConfigProperties: [{ SocketTimeout: 9999 }]
---
kind: io.statefun.kinesis.v1/egress
spec:
  id: demo/out
  awsRegion: { type: specific, id: eu-west-1 }
  maxOutstandingRecords: 9
`;
    expect(read(text)).toMatchObject({
      ingress: [
        {
          id: 'demo/in',
          connection: {
            region: 'us-west-1',
            endpoint: 'https://localhost:4567',
            credentials: { accessKeyId: 'me', secretAccessKey: 'hidden' },
          },
          start: { at: new Date('2020-02-01T03:15:00.000Z') },
          streams: [{ stream: 'logins', valueType: 'demo/Login', targets: ['demo/greeter', 'demo/audit'] }],
        },
      ],
      egress: [{ id: 'demo/out', connection: { region: 'eu-west-1' } }],
      problems: [],
      warnings: [
        expect.stringContaining('/app/module.yaml:14: spec.clientConfigProperties has no effect'),
        expect.stringContaining('/app/module.yaml:20: spec.maxOutstandingRecords has no effect'),
      ],
    });
  });

  it('has the older endpoints and the older transport, with their times and statuses', () => {
    const { endpoints, warnings } = read(`kind: io.statefun.endpoints.v1/http
spec: { functions: a/b, urlPathTemplate: http://x/, timeouts: { call: 30s, connect: 500, read: 1s } }
---
kind: io.statefun.endpoints.v2/http
spec: { functions: a/c, urlPathTemplate: http://x/, transport: { type: io.statefun.transports.v1/okhttp } }
---
kind: io.statefun.endpoints.v2/http
spec: { functions: a/d, urlPathTemplate: http://x/, transport: { call: 5s, timeouts: { call: 9s } } }
---
${ingress}`);
    expect(endpoints).toMatchObject([
      { finalStatuses: 'client-errors', callBudget: 30_000, connectTimeout: 500 },
      { finalStatuses: 'client-errors', callBudget: '1m', connectTimeout: '10s' },
      { callBudget: 9_000, connectTimeout: '10s' },
    ]);
    expect(endpoints[2]).not.toHaveProperty('finalStatuses');
    expect(warnings).toEqual([expect.stringContaining('spec.timeouts.read has no effect')]);
  });

  it('names every key that is not read, where it stands, and what is known there', () => {
    const { problems, warnings } = read(`kind: io.statefun.endpoints.v2/http
metadata: x
spec:
  functions: demo/*
  urlPathTemplate: http://x/
  transport:
    maxNumBatchRequests: 15
  maxNumBatchRequest: 15
---
${ingress}`);
    expect(problems).toEqual([]);
    expect(warnings).toEqual([
      '/app/module.yaml:2: metadata is not known and not read; known here: kind, spec.',
      expect.stringMatching(
        /^\/app\/module\.yaml:7: spec\.transport\.maxNumBatchRequests is not known and not read; known here: call, client_cert/,
      ),
      '/app/module.yaml:8: spec.maxNumBatchRequest is not known and not read; known here: engine, functions, maxNumBatchRequests, transport, urlPathTemplate.',
    ]);
  });

  it('is refused, and never fills the memory, where aliases name nothing or stand for billions of values', () => {
    expect(read(`${endpoint}\n  maxNumBatchRequests: *none\n---\n${ingress}`).problems).toEqual([
      expect.stringContaining('no anchor has the name of the alias *none'),
    ]);
    const levels = Array.from({ length: 9 }, (_, level) => `- &l${level + 1} [${`*l${level}, `.repeat(10)}]`);
    expect(read(['- &l0 [x, x]', ...levels].join('\n')).problems).toContainEqual(
      expect.stringContaining('the document must be a map of keys'),
    );
  });

  it('is told of all mistakes at once, each with its line', () => {
    const { problems } = read(`kind: io.statefun.endpoints.v2/http
spec:
  functions: demo
  urlPathTemplate: http://x/
---
kind: io.statefun.endpoints.v2/http
spec:
  urlPathTemplate: ftp://x/
  maxNumBatchRequests: many
  transport: { type: smoke, call: 2 fortnights, client_cert: classpath:a }
---
kind: io.statefun.kafka.v1/ingress
spec: { id: a/b }
---
kind: io.statefun.nats.v1/ingress
spec: {}
---
kind: io.statefun.kinesis.v1/ingress
spec:
  id: nothing
  awsRegion: { type: mars }
  awsCredentials: { type: profile, profileName: me }
  startupPosition: { type: date, date: yesterday }
  streams: [{ stream: s, valueType: a/b, targets: [nobody] }]
---
kind: io.statefun.playground.v1/ingress
spec: { port: 99999 }
---
kind: io.statefun.playground.v1/egress
spec: { topics: a }
---
kind: io.statefun.playground.v1/egress
---
- a list
---
just: keys
`);
    expect(problems.map((problem) => problem.replace(/^\/app\/module\.yaml:/, ''))).toEqual([
      expect.stringMatching(/^3: "demo" is neither a function type nor namespace\/\*/),
      expect.stringMatching(/^8: spec.functions is missing/),
      expect.stringMatching(/^9: spec.maxNumBatchRequests is "many"; it must be a whole number/),
      expect.stringMatching(/^10: spec.transport.type "smoke" is not known/),
      expect.stringMatching(/^8: the URL "ftp:\/\/x\/" of remote functions is not a URL/),
      expect.stringMatching(/^13: io.statefun.kafka.v1 needs a Kafka connector/),
      expect.stringMatching(/^16: there is no kind "io.statefun.nats.v1\/ingress"; there are /),
      expect.stringMatching(/^20: spec.id is "nothing"; it must be of the form/),
      expect.stringMatching(/^21: spec.awsRegion.type "mars" is not known/),
      expect.stringMatching(/^22: spec.awsCredentials.type profile is not supported/),
      expect.stringMatching(/^23: spec.startupPosition.date is "yesterday"/),
      expect.stringMatching(/^24: spec.streams\[0\].targets names "nobody"/),
      expect.stringMatching(/^27: spec.port is 99999; ports end at 65535/),
      expect.stringMatching(/^30: spec.port is missing/),
      expect.stringMatching(/^30: spec.topics is "a"; it must be a list/),
      expect.stringMatching(/^30: spec.topics names no topic/),
      expect.stringMatching(/^32: the component of kind "io.statefun.playground.v1\/egress" has no spec/),
      expect.stringMatching(/^34: the document must be a map of keys/),
      expect.stringMatching(/^34: the document has neither kind nor version/),
      expect.stringMatching(/^36: the document has neither kind nor version/),
    ]);
  });

  it.each([
    ['nothing', '', 'there is no endpoint'],
    ['no ingress', endpoint, 'there is no ingress'],
    ['two endpoints for the same functions', `${endpoint}\n---\n${endpoint}\n---\n${ingress}`, '"demo/*" has two endpoints'],
    ['two playground ingresses', `${endpoint}\n---\n${ingress}\n---\n${ingress}`, 'two ingresses of io.statefun.playground.v1'],
    ['what is no YAML', 'a: [', 'Flow sequence'],
    ['a version of the future', 'version: "4.0"', 'version "4.0" is not known'],
  ])('with %s cannot be used', (_what, text, problem) => {
    expect(read(text).problems.join()).toContain(problem);
  });
});

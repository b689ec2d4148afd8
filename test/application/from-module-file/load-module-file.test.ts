import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { assembleApplication } from '../../../src/application/assemble.ts';
import { runApplication, type RunningApplication } from '../../../src/application/running/run-application.ts';
import { load } from '../../../src/cli/load.ts';
import { type PlaygroundEgress } from '../../../src/connectors/http/playground-egress.ts';
import { type PlaygroundIngress } from '../../../src/connectors/http/playground-ingress.ts';
import type { BatchResponse, InvocationBatch } from '../../../src/functions/remote/invocation-batch.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { answerWith, FunctionServer } from '../../request-reply/calling/function-server.ts';

function fileOf(text: string): string {
  const file = join(mkdtempSync(join(tmpdir(), 'statefun-module-')), 'module.yaml');
  writeFileSync(file, text);
  return file;
}

/** Greets every message in the topic "greetings". */
function greet({ target, invocations }: InvocationBatch): BatchResponse {
  const egress = invocations.map(({ argument }) => {
    const payload = `Hello ${target.id}, ${argument.typename}: ${Buffer.from(argument.value).toString()}`;
    const value = Buffer.from(JSON.stringify({ topic: 'greetings', payload }));
    return {
      egressId: 'io.statefun.playground/egress',
      argument: { typename: 'io.statefun.playground/EgressRecord', hasValue: true, value },
    };
  });
  return { kind: 'result', mutations: [], messages: [], delayed: [], egress };
}

describe('a module.yaml', () => {
  const server = new FunctionServer(answerWith(greet));
  let running: RunningApplication | undefined;
  afterEach(async () => {
    await running?.stop();
    await server.stop();
    running = undefined;
  });

  it('is an application that takes messages over HTTP, calls the functions, and gives out what they say', async () => {
    await server.start();
    const file = fileOf(`kind: io.statefun.endpoints.v2/http
spec: { functions: demo/*, urlPathTemplate: ${server.url}, typo: 1 }
---
kind: io.statefun.playground.v1/ingress
spec: { port: 0 }
---
kind: io.statefun.playground.v1/egress
spec: { port: 0, topics: [greetings] }
`);
    const { application, warnings } = await load(file);
    expect(warnings).toMatchObject([{ code: 'MODULE_KEY_UNKNOWN', facts: { line: 2 } }]);
    running = await runApplication(application, { store: new MemoryStore(), logger: silentLogger });
    // A module.yaml of these kinds has these ports.
    const { ingress = [], egress = [] } = application.options;
    const [from, to] = [(ingress[0] as PlaygroundIngress).port, (egress[0] as PlaygroundEgress).port];
    const login = { method: 'PUT', headers: { 'content-type': 'application/vnd.demo/Login' }, body: '{}' };
    expect((await fetch(`http://127.0.0.1:${from}/demo/greeter/Bob`, login)).status).toBe(200);
    await running.whenQuiet();
    expect(await (await fetch(`http://127.0.0.1:${to}/greetings`)).text()).toBe('Hello Bob, demo/Login: {}');
    expect((await fetch(`http://127.0.0.1:${from}/nowhere/greeter/Bob`, login)).status).toBe(200);
    await running.whenQuiet();
    expect(running.deadLetters()).toMatchObject([{ code: 'UNKNOWN_FUNCTION', target: 'nowhere/greeter/Bob' }]);
  });

  it('reads each Kinesis stream with an ingress of its own, a message for each target', async () => {
    const file = fileOf(`kind: io.statefun.endpoints.v2/http
spec: { functions: demo/*, urlPathTemplate: http://x/ }
---
kind: io.statefun.kinesis.v1/ingress
spec:
  id: demo/in
  streams:
    - { stream: logins, valueType: demo/Login, targets: [demo/greeter, demo/audit] }
    - { stream: logouts, valueType: demo/Logout, targets: [demo/greeter] }
---
kind: io.statefun.kinesis.v1/egress
spec: { id: demo/out }
`);
    const { application } = await load(file);
    const { ingress, egress } = await assembleApplication(application, {
      dryRun: true,
      environment: { EVENTS_INGRESS_STREAM_DEFAULT: 'other' },
    });
    expect(ingress.map(({ id, description }) => [id, description])).toEqual([
      ['demo/in/logins', 'Kinesis stream logins'],
      ['demo/in/logouts', 'Kinesis stream logouts'],
    ]);
    expect(egress.map(({ id }) => id)).toEqual(['demo/out']);
    const record = { partition: 's', position: '1', identity: 'i', data: Buffer.from('x'), key: 'Bob' };
    expect(ingress[0]?.route?.(record).map(({ target, envelope }) => ({ target, ...envelope.typedValue }))).toEqual([
      { target: { type: 'demo/greeter', id: 'Bob' }, typename: 'demo/Login', hasValue: true, value: Buffer.from('x') },
      { target: { type: 'demo/audit', id: 'Bob' }, typename: 'demo/Login', hasValue: true, value: Buffer.from('x') },
    ]);
    expect(() => ingress[0]?.route?.({ ...record, key: '' })).toThrow('INVALID_ADDRESS_ID');
  });

  it('with mistakes is refused with all of them', async () => {
    const file = fileOf('kind: io.statefun.kafka.v1/ingress\nspec: {}\n---\nkind: nothing\nspec: {}\n');
    await expect(load(file)).rejects.toMatchObject({
      code: 'MODULE_FILE_INVALID',
      message: expect.stringMatching(
        /has 2 mistakes:\n {2}.*:2: io\.statefun\.kafka\.v1 needs.*\n {2}.*:5: there is no kind "nothing"/,
      ) as unknown,
    });
    await expect(load('/no/such/module.yaml')).rejects.toMatchObject({ code: 'MODULE_FILE_INVALID' });
  });
});

import { afterEach, describe, expect, it } from '@jest/globals';
import { assembleApplication } from '../../../src/application/assemble.ts';
import { defineApplication, type ApplicationDefinition } from '../../../src/application/definition.ts';
import { runApplication, type RunningApplication } from '../../../src/application/running/run-application.ts';
import { memoryEgress } from '../../../src/connectors/memory/memory-egress.ts';
import { memoryIngress, type MemoryIngress } from '../../../src/connectors/memory/memory-ingress.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import type { Downstream } from '../../../src/forwarders/event-forwarder.ts';
import { Forwarder } from '../../../src/forwarders/forwarder-decorator.ts';
import type { BatchResponse, InvocationBatch } from '../../../src/functions/remote/invocation-batch.ts';
import { remoteFunctions } from '../../../src/request-reply/calling/remote-functions.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { MemoryStore } from '../../../src/storage/memory-store.ts';
import { answerWith, FunctionServer, send } from '../../request-reply/calling/function-server.ts';
import { TotalFunction } from '../classes.ts';

@Forwarder()
class ToGreeter {
  accept(): boolean {
    return true;
  }

  forward(event: CloudEvent<{ user: string }>, downstream: Downstream): void {
    downstream.send('demo/greeter', event.data.user, event);
  }
}

/** Greets in the order of the messages, and counts in its state. */
function greet(batch: InvocationBatch): BatchResponse {
  const seen = batch.states.find(({ name }) => name === 'seen');
  if (seen === undefined) return { kind: 'incomplete', missing: [{ name: 'seen', typename: 'demo/text', expiration: undefined }] };
  let text = Buffer.from(seen.value?.value ?? []).toString();
  const greetings = batch.invocations.map(({ argument }) => {
    text += (JSON.parse(Buffer.from(argument.value).toString()) as { id: string }).id;
    return {
      egressId: 'demo/greetings',
      argument: { typename: 'demo/Greeting', hasValue: true, value: Buffer.from(JSON.stringify({ text })) },
    };
  });
  const mutations = [{ name: 'seen', value: { typename: 'demo/text', hasValue: true, value: Buffer.from(text) } }];
  return { kind: 'result', mutations, messages: [], delayed: [], egress: greetings };
}

describe('an application with remote functions', () => {
  const server = new FunctionServer(answerWith(greet));
  let running: RunningApplication | undefined;
  afterEach(async () => {
    await running?.stop();
    await server.stop();
  });

  const applicationOf = (url: string, ingress: MemoryIngress, out = memoryEgress('demo/greetings')): ApplicationDefinition =>
    defineApplication({
      name: 'greetings',
      forwarders: [ToGreeter],
      remote: [remoteFunctions({ functions: 'demo/*', url })],
      ingress: [ingress],
      egress: [out],
    });
  const event = (id: string): CloudEvent => ({ specversion: '1.0', id, source: '/t', type: 'came', data: { user: 'Ann' } });

  it('needs no class of its own, and loses nothing and keeps the order while the server is away', async () => {
    const [ingress, out] = [memoryIngress(), memoryEgress('demo/greetings')];
    await server.start();
    const { url, port } = server;
    running = await runApplication(applicationOf(url, ingress, out), { store: new MemoryStore(), logger: silentLogger });
    ingress.push(event('a'));
    await waitFor(() => out.events.length === 1);
    await server.stop();
    for (const id of ['b', 'c', 'd']) ingress.push(event(id));
    await waitFor(() => (running?.statistics().attemptsFailed ?? 0) >= 3);
    await server.start(port);
    await waitFor(() => out.events.length === 4);

    expect(out.events.map(({ data }) => (data as { text: string }).text)).toEqual(['a', 'ab', 'abc', 'abcd']);
    expect(running.deadLetters()).toEqual([]);
    expect(await running.state('demo/greeter', 'Ann')).toEqual({
      seen: { typename: 'demo/text', base64: Buffer.from('abcd').toString('base64') },
    });
    expect(running.wiring.remote).toEqual([{ functions: 'demo/*', description: url }]);
  });

  it('does not wait for an answer when it stops', async () => {
    await server.start();
    server.answering = () => undefined;
    const ingress = memoryIngress();
    running = await runApplication(applicationOf(server.url, ingress), {
      store: new MemoryStore(),
      logger: silentLogger,
      stopDeadline: '50ms',
    });
    const before = server.requests.length;
    ingress.push(event('a'));
    await waitFor(() => server.requests.length > before);
    await running.stop();
    expect(running.statistics().messagesPending).toBe(1);
    server.answering = (response) => send(response, 500, '');
  });

  it('is told of all mistakes in the declarations', async () => {
    const definition = defineApplication({
      functions: [TotalFunction],
      remote: [
        remoteFunctions({ functions: 'meter/total', url: 'http://a/' }),
        remoteFunctions({ functions: 'demo/*', url: 'http://a/' }),
        remoteFunctions({ functions: 'demo/*', url: 'http://b/' }),
        remoteFunctions({ functions: 'x/*', url: 'ftp://a/' }),
        remoteFunctions({ functions: 'y/*', url: 'https://a/', tls: { caFile: '/no/such/file' } }),
        remoteFunctions({ functions: 'z/*', url: 'https://a/', tls: { certFile: 'a' } }),
        {} as never,
      ],
    });
    const failure: unknown = await assembleApplication(definition).catch((error: unknown) => error);
    const problems = (failure as { facts: { problems: readonly { code: string }[] } }).facts.problems.map(({ code }) => code);
    expect(problems).toEqual([
      'DUPLICATE_FUNCTION_TYPE',
      'DUPLICATE_FUNCTION_TYPE',
      ...Array.from({ length: 4 }, () => 'REMOTE_ENDPOINT_INVALID'),
    ]);
  });

  it.each([
    { functions: 'demo', url: 'http://a/' },
    { functions: 'demo/x*', url: 'http://a/' },
    { functions: '*/x', url: 'http://a/' },
    { functions: 'demo/*', url: 'http://a/', batchMessagesMax: 0 },
    { functions: 'demo/*', url: 'http://a/', onFailure: 'park' as never },
    { functions: 'demo/*', url: 'http://a/', whenUnavailable: 'never' as never },
  ])('is refused at once what cannot work: %j', (options) => {
    expect(() => remoteFunctions(options)).toThrow('REMOTE_ENDPOINT_INVALID');
  });
});

async function waitFor(condition: () => boolean): Promise<void> {
  for (let turns = 0; !condition(); turns += 1) {
    if (turns > 1_000_000) throw new Error('the condition never held');
    await new Promise((resolve) => setImmediate(resolve));
  }
}

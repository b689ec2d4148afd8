import { createHmac, timingSafeEqual } from 'node:crypto';
import { afterEach, describe, expect, it } from '@jest/globals';
import {
  defineApplication,
  eventType,
  Forwarder,
  Handles,
  Persisted,
  PersistedValue,
  remoteFunctions,
  runApplication,
  StatefunFunction,
  typedValue,
  type CloudEvent,
  type Context,
  type Downstream,
  type EventForwarder,
  type EventOf,
  type RunningApplication,
} from 'statefun';
import { memoryIngress } from '../../src/connectors/memory/memory-ingress.ts';
import { MemoryStore } from '../../src/storage/memory-store.ts';
import { silentLogger } from '../../src/shared/logger.ts';
import { signRequest } from '../../src/request-reply/calling/sign-request.ts';
import { answerWith, FunctionServer } from '../request-reply/calling/function-server.ts';

const OrderPlaced = eventType<{ id: string; total: number }>('shop.order-placed');

@Forwarder(OrderPlaced)
class OrderEvents implements EventForwarder<{ id: string }> {
  forward(event: CloudEvent<{ id: string }>, downstream: Downstream): void {
    downstream.send(OrderFunction, event.data.id, event);
  }
}

// #region local
@StatefunFunction('shop/order')
export class OrderFunction {
  @Persisted() private readonly risk = PersistedValue.of<number>();

  @Handles(OrderPlaced)
  onPlaced({ data }: EventOf<typeof OrderPlaced>, context: Context): void {
    // What the Python function reads with message.as_type(make_json_type('risk/Question')).
    context.send('risk/score', data.id, typedValue('risk/Question', { total: data.total }));
  }

  // An answer of the Python function: an event whose type is the typename.
  @Handles('io.statefun.types/double')
  onScore(event: CloudEvent<number>): void {
    this.risk.set(event.data);
  }
}
// #endregion local

const ingress = memoryIngress();
const url = 'http://127.0.0.1:8000/statefun';

// #region application
export const application = defineApplication({
  functions: [OrderFunction],
  forwarders: [OrderEvents],
  remote: [remoteFunctions({ functions: 'risk/*', url, onFailure: 'dead-letter', callBudget: '30s' })],
  ingress: [ingress],
});
// #endregion application

// #region verify
/** For a server of functions in Node: whether the request comes from the engine, and is not older than five minutes. */
export function isSigned(header: string, body: Buffer, secret: string, nowMs: number): boolean {
  const [, seconds = '', signature = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(header) ?? [];
  const expected = createHmac('sha256', secret).update(`${seconds}.`).update(body).digest();
  const isEqual = signature !== '' && timingSafeEqual(expected, Buffer.from(signature, 'hex'));
  return isEqual && Math.abs(nowMs / 1_000 - Number(seconds)) < 300;
}
// #endregion verify

describe('docs/remote-functions.md', () => {
  // Answers the score 0.5 to whoever asks.
  const server = new FunctionServer(
    answerWith(({ invocations }) => ({
      kind: 'result',
      mutations: [],
      messages: invocations.flatMap(({ caller }) =>
        caller === undefined
          ? []
          : [
              {
                target: caller,
                argument: { typename: 'io.statefun.types/double', hasValue: true, value: Buffer.from('09000000000000e03f', 'hex') },
              },
            ],
      ),
      delayed: [],
      egress: [],
    })),
  );
  let running: RunningApplication | undefined;
  afterEach(async () => {
    await running?.stop();
    await server.stop();
  });

  it('shows a local and a remote function that talk with each other', async () => {
    await server.start();
    const remote = [remoteFunctions({ functions: 'risk/*', url: server.url })];
    const here = defineApplication({ ...application.options, remote });
    running = await runApplication(here, { store: new MemoryStore(), logger: silentLogger });
    ingress.push({ specversion: '1.0', id: '1', source: '/t', type: 'shop.order-placed', data: { id: 'o1', total: 7 } });
    while (server.requests.length === 0) await new Promise((resolve) => setImmediate(resolve));
    await running.whenQuiet();
    expect(await running.state('shop/order', 'o1')).toEqual({ risk: 0.5 });
    expect(server.requests[0]?.body.toString()).toContain('risk/Question');
  });

  it('shows how a signature is verified', () => {
    const [body, nowMs] = [Buffer.from('x'), 1_800_000_000_000];
    const header = signRequest('secret', body, nowMs);
    expect(isSigned(header, body, 'secret', nowMs)).toBe(true);
    expect(isSigned(header, body, 'secret', nowMs + 301_000)).toBe(false);
    expect(isSigned(header, body, 'other', nowMs)).toBe(false);
    expect(isSigned(header, Buffer.from('y'), 'secret', nowMs)).toBe(false);
    expect(isSigned('', body, 'secret', nowMs)).toBe(false);
  });
});

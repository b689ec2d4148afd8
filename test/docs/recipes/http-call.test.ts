import { describe, expect, it } from '@jest/globals';
import { eventType, Handles, inject, Persisted, PersistedValue, StatefunFunction, type Context, type EventOf } from 'statefun';
import { testFunction, type TestFunction } from 'statefun/testing';

// The code in docs/recipes.md, and that it does what the document says.

// #region http-call
const ChargeAsked = eventType<{ readonly cents: number }>('billing.charge-asked');
const ChargeAnswered = eventType<{ readonly charged: boolean; readonly status: number }>('billing.charge-answered');

/** `fetch` of Node, a provider so that tests can give another. */
export const FetchToken = Symbol('fetch');

@StatefunFunction('billing/charge', { handlerTimeout: '10s', retry: { attemptsMax: 8, delay: '1s', delayMax: '1m' } })
export class ChargeFunction {
  @Persisted() private readonly status = PersistedValue.of<number>();

  constructor(@inject(FetchToken) private readonly fetch: typeof globalThis.fetch) {}

  @Handles(ChargeAsked)
  async onAsked({ data }: EventOf<typeof ChargeAsked>, context: Context): Promise<void> {
    const response = await this.fetch('https://bank.example/charges', {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'idempotency-key': context.messageId },
      body: JSON.stringify(data),
      signal: context.signal,
    });
    const { status } = response;
    await response.body?.cancel();
    // What can get better is thrown, and tried again; everything else is an answer.
    if (status === 408 || status === 429 || status >= 500) throw new Error(`the bank returned ${status}`);
    this.status.set(status);
    context.egress('billing/answers', ChargeAnswered.create({ charged: response.ok, status }));
  }
}
// #endregion http-call

type Answer = number | Error;

/** A bank that gives these answers one after the other, and the keys it was called with. */
async function chargeWith(answers: readonly Answer[]): Promise<{ readonly charge: TestFunction; readonly keys: readonly string[] }> {
  const keys: string[] = [];
  const fetch = (_url: unknown, request: RequestInit): Promise<Response> => {
    const answer = answers[keys.length] ?? 500;
    keys.push(new Headers(request.headers).get('idempotency-key') ?? '');
    return typeof answer === 'number' ? Promise.resolve(new Response('{}', { status: answer })) : Promise.reject(answer);
  };
  const charge = await testFunction(ChargeFunction, { retries: true, providers: [{ provide: FetchToken, useValue: fetch }] });
  await charge.receives(ChargeAsked.create({ cents: 900 }));
  await charge.settleRetries();
  return { charge, keys };
}

describe('docs/recipes.md, an HTTP call', () => {
  it('is tried again with the same key until the bank answers', async () => {
    const { charge, keys } = await chargeWith([503, new TypeError('fetch failed'), 429, 201]);

    expect(keys).toHaveLength(4);
    expect(new Set(keys).size).toBe(1);
    expect(keys[0]).not.toBe('');
    expect(charge.egress.map(({ event }) => event.data)).toEqual([{ charged: true, status: 201 }]);
  });

  it('takes a refusal as an answer, once', async () => {
    const { charge, keys } = await chargeWith([402]);

    expect(keys).toHaveLength(1);
    expect(charge.egress.map(({ event }) => event.data)).toEqual([{ charged: false, status: 402 }]);
  });

  it('is a dead letter after eight attempts, and nothing has left', async () => {
    const { charge, keys } = await chargeWith([]);

    expect(keys).toHaveLength(8);
    expect(charge.egress).toEqual([]);
    expect(charge.deadLetters).toMatchObject([{ reason: expect.stringContaining('the bank returned 500') }]);
  });
});

import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import {
  defineApplication,
  eventType,
  Forwarder,
  Handles,
  Persisted,
  PersistedValue,
  StatefunFunction,
  type Context,
  type Downstream,
  type EventOf,
} from 'statefun';
import { memoryEgress } from 'statefun/connectors';
import { testApplication, type TestApplication } from 'statefun/testing';

// The code in docs/recipes.md, and that it does what the document says.

// #region request-reply
const QuoteAsked = eventType<{ readonly quote: string; readonly product: string }>('sales.quote-asked');
const Quoted = eventType<{ readonly quote: string; readonly cents: number | null }>('sales.quoted');
const NoAnswer = eventType<{ readonly request: string }>('sales.no-answer');
/** The request of the other system, and its reply: `quote` and `request` come back as they are. */
const PriceAsked = eventType<{ readonly quote: string; readonly request: string; readonly product: string }>('pricing.price-asked');
const PriceAnswered = eventType<{ readonly quote: string; readonly request: string; readonly cents: number }>('pricing.price-answered');

@Forwarder([QuoteAsked, PriceAnswered])
export class QuoteEvents {
  forward(event: EventOf<typeof QuoteAsked | typeof PriceAnswered>, downstream: Downstream): void {
    downstream.send(QuoteFunction, event.data.quote, event);
  }
}

@StatefunFunction('sales/quote')
export class QuoteFunction {
  /** The request that waits for its answer. */
  @Persisted() private readonly request = PersistedValue.of<string>();

  @Handles(QuoteAsked)
  onAsked({ data }: EventOf<typeof QuoteAsked>, context: Context): void {
    if (this.request.exists()) return;
    const request = context.messageId;
    this.request.set(request);
    context.egress('pricing/requests', PriceAsked.create({ quote: context.self.id, request, product: data.product }));
    context.sendAfter('30s', QuoteFunction, context.self.id, NoAnswer.create({ request }), { cancellationToken: request });
  }

  @Handles(PriceAnswered)
  onAnswered({ data }: EventOf<typeof PriceAnswered>, context: Context): void {
    // An answer that comes twice, or after the time-out, is for no request.
    if (this.request.get() !== data.request) return;
    this.request.clear();
    context.cancelDelayed(data.request);
    context.egress('sales/quotes', Quoted.create({ quote: context.self.id, cents: data.cents }));
  }

  @Handles(NoAnswer)
  onNoAnswer({ data }: EventOf<typeof NoAnswer>, context: Context): void {
    if (this.request.get() !== data.request) return;
    this.request.clear();
    context.egress('sales/quotes', Quoted.create({ quote: context.self.id, cents: null }));
  }
}
// #endregion request-reply

let application: TestApplication;

beforeEach(async () => {
  application = await testApplication(
    defineApplication({
      functions: [QuoteFunction],
      forwarders: [QuoteEvents],
      egress: [memoryEgress('pricing/requests'), memoryEgress('sales/quotes')],
    }),
  );
});

afterEach(() => application.stop());

/** Asks for a quote; the data of the request that leaves. */
async function ask(): Promise<EventOf<typeof PriceAsked>['data']> {
  await application.receives(QuoteAsked.create({ quote: 'q-1', product: 'lamp' }));
  // What the function sends is made by PriceAsked.
  return application.egress('pricing/requests').at(-1)?.event.data as EventOf<typeof PriceAsked>['data'];
}

function quoted(): readonly unknown[] {
  return application.egress('sales/quotes').map(({ event }) => event.data);
}

describe('docs/recipes.md, request and reply over egress', () => {
  it('asks the other system and takes its answer once', async () => {
    const { quote, request } = await ask();
    await application.receives(PriceAnswered.create({ quote, request, cents: 900 }));
    await application.receives(PriceAnswered.create({ quote, request, cents: 900 }));
    await application.advance('30s');

    expect(quoted()).toEqual([{ quote: 'q-1', cents: 900 }]);
    expect(application.pending()).toEqual([]);
  });

  it('gives up after thirty seconds, and an answer to an earlier request does not count for a later one', async () => {
    const late = await ask();
    await application.advance('30s');
    const next = await ask();
    await application.receives(PriceAnswered.create({ quote: late.quote, request: late.request, cents: 1 }));
    await application.receives(PriceAnswered.create({ quote: next.quote, request: next.request, cents: 2 }));

    expect(quoted()).toEqual([
      { quote: 'q-1', cents: null },
      { quote: 'q-1', cents: 2 },
    ]);
  });
});

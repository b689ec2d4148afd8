/*
 * The shopping cart as virtual objects of Restate, in a process of its own.
 *
 *   service.js PATH-OF-THE-SDK      sends { port, counters } when it listens; PATH is that of the installed package
 *
 * GET on the port `counters` returns the counters.
 */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pathToFileURL } from 'node:url';

/** The part of @restatedev/restate-sdk that is used. It is not installed with the project, so its own types are not there. */
interface ObjectContext {
  readonly key: string;
  get<T>(name: string): Promise<T | null>;
  set(name: string, value: unknown): void;
  objectSendClient(object: unknown, key: string): Readonly<Record<string, (event: CloudEvent) => void>>;
}
type ObjectHandler = (context: ObjectContext, event: CloudEvent) => Promise<unknown>;
interface RestateSdk {
  object(definition: { readonly name: string; readonly handlers: Readonly<Record<string, ObjectHandler>> }): unknown;
  serve(options: { readonly services: readonly unknown[]; readonly port: number }): Promise<number>;
}

interface CloudEvent {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly time: string;
  readonly datacontenttype: string;
  readonly data: Readonly<Record<string, unknown>>;
}

interface Item {
  readonly productId: string;
  readonly originPrice: number;
  readonly quantity: number;
  readonly currentPrice?: number;
  readonly availability?: string;
}
type Items = Readonly<Record<string, Item>>;

/** What the process counts. */
export interface ServiceCounters {
  readonly invocations: number;
  readonly egressRecords: number;
  readonly cpuMs: number;
  readonly rssBytesMax: number;
}

const counted = { invocations: 0, egressRecords: 0, egressBytes: 0, events: 0 };
const counting =
  (handle: ObjectHandler): ObjectHandler =>
  async (context, event) => {
    const result = await handle(context, event);
    counted.invocations += 1;
    return result;
  };

function cloudEvent(type: string, source: string, data: CloudEvent['data']): CloudEvent {
  const id = String(counted.events++).padStart(32, '0');
  return { specversion: '1.0', id, source, type, time: new Date().toISOString(), datacontenttype: 'application/json', data };
}

/** Both refer to each other by name. */
const product = { name: 'product' };
const cart = { name: 'cart' };
const productSource = 'http://stateful_functions.example.com/product-function';
const cartSource = 'http://stateful_functions.example.com/cart-function';

const productHandlers = {
  event: counting(async (context, event) => {
    context.set('details', event.data);
    for (const cartId of (await context.get<string[]>('subscribers')) ?? []) context.objectSendClient(cart, cartId)['product']?.(event);
  }),
  subscription: counting(async (context, { data }) => {
    const { action, subscriber } = data as { action: string; subscriber: { id: string } };
    const subscribers = new Set((await context.get<string[]>('subscribers')) ?? []);
    if (action === 'UNSUBSCRIBE') subscribers.delete(subscriber.id);
    else subscribers.add(subscriber.id);
    context.set('subscribers', [...subscribers]);
    const details = action === 'UNSUBSCRIBE' ? null : await context.get<CloudEvent['data']>('details');
    if (details === null) return;
    context.objectSendClient(cart, subscriber.id)['product']?.(cloudEvent('example.product', productSource, details));
  }),
};

const cartHandlers = {
  event: counting(async (context, { data }) => {
    const { productId, originPrice, quantity: added } = data as { productId: string; originPrice: number; quantity: number };
    const items = (await context.get<Items>('items')) ?? {};
    const item = items[productId];
    const quantity = (item?.quantity ?? 0) + added;
    const sendSubscription = (action: string): void => {
      const subscriber = { namespace: 'example', type: 'cart', id: context.key };
      const event = cloudEvent('example.function-subscription', `${cartSource}/${context.key}`, { action, subscriber });
      context.objectSendClient(product, productId)['subscription']?.(event);
    };
    if (quantity > 0) {
      if (item === undefined) sendSubscription('SUBSCRIBE');
      context.set('items', { ...items, [productId]: { ...item, productId, originPrice, quantity } });
    } else if (item !== undefined) {
      sendSubscription('UNSUBSCRIBE');
      context.set('items', Object.fromEntries(Object.entries(items).filter(([id]) => id !== productId)));
    }
  }),
  product: counting(async (context, { data }) => {
    const { id, price, availability } = data as { id: string; price: number; availability: string };
    const items = (await context.get<Items>('items')) ?? {};
    const item = items[id];
    if (item === undefined) return;
    const changed = { ...items, [id]: { ...item, currentPrice: price, availability } };
    context.set('items', changed);
    // What leaves is counted here, at least once: a durable step for it would cost more.
    const status = cloudEvent('example.cart-status', cartSource, { cartId: context.key, cartItemStatuses: Object.values(changed) });
    counted.egressRecords += 1;
    counted.egressBytes += JSON.stringify(status).length;
  }),
  /** What the cart holds. */
  items: async (context: ObjectContext) => (await context.get<Items>('items')) ?? {},
};

async function main(): Promise<void> {
  const sdk = (await import(pathToFileURL(process.argv[2] ?? '').href)) as RestateSdk;
  const port = await freePort();
  await sdk.serve({
    services: [sdk.object({ ...product, handlers: productHandlers }), sdk.object({ ...cart, handlers: cartHandlers })],
    port,
  });
  const server = createServer((_request, response) => {
    const { user, system } = process.cpuUsage();
    const { invocations, egressRecords } = counted;
    const rssBytesMax = process.resourceUsage().maxRSS * 1_024;
    response.end(JSON.stringify({ invocations, egressRecords, cpuMs: (user + system) / 1_000, rssBytesMax } satisfies ServiceCounters));
  });
  process.send?.({ port, counters: await listen(server, 0) });
}

async function freePort(): Promise<number> {
  const server = createServer();
  const port = await listen(server, 0);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function listen(server: Server, port: number): Promise<number> {
  await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
  return (server.address() as AddressInfo).port;
}

main().catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});
process.once('disconnect', () => process.exit(0));

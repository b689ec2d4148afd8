import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import type { MemoryIngress } from 'statefun/connectors';
import type { CartContents } from './cart-contents.ts';
import type { CartEgress, Sent } from './cart-egress.ts';
import type { GeneratedEvent } from './cart-events.ts';
import type { FeedPlan } from './feeder.ts';
import type { Latency } from './measurement.ts';

interface CartStatusEvent {
  readonly data: {
    readonly cartId: string;
    readonly cartItemStatuses: readonly { readonly currentPrice?: number }[];
  };
}

/** Time in which the engine comes to rest before an event that is measured alone, in milliseconds. */
const restMs = 3;
/** Time from the start of the feeder until the first event is due, in milliseconds. */
const leadMs = 100;

/**
 * Pushes events at an even rate, each when a thread of its own says that it is due. So the engine gets them as from an ingress, and nothing of
 * the wait takes its time. Returns when each was due, whether or not it could be pushed then.
 */
export async function feedEvenly(
  ingress: MemoryIngress,
  events: readonly GeneratedEvent[],
  eventsPerSecond: number,
): Promise<Float64Array> {
  const intervalMs = 1_000 / eventsPerSecond;
  const startMs = performance.now() + leadMs;
  // Both threads read this clock.
  const startNs = process.hrtime.bigint() + BigInt(leadMs * 1_000_000);
  const feeder = new Worker(new URL('./feeder.js', import.meta.url), {
    workerData: { events: events.length, intervalMs, startNs } satisfies FeedPlan,
  });
  await new Promise<void>((resolve, reject) => {
    // The feeder sends nothing but indexes.
    feeder.on('message', (index: number) => ingress.push(events[index] ?? { data: '' }));
    feeder.once('error', reject);
    feeder.once('exit', () => resolve());
  });
  return Float64Array.from(events, (_, index) => startMs + index * intervalMs);
}

/** What is measured with events that are pushed one by one. */
interface AloneSubject {
  readonly ingress: MemoryIngress;
  readonly egress: CartEgress;
  /** The carts before the events. */
  readonly contents: CartContents;
  whenQuiet(): Promise<void>;
}

/** Pushes price changes one by one, each into an engine at rest. Returns the times until their first cart status was handed to the outside. */
export async function measureAlone(subject: AloneSubject, events: readonly GeneratedEvent[]): Promise<Latency> {
  const { ingress, egress, contents } = subject;
  const samples: number[] = [];
  for (const event of events) {
    const isShown = (contents.add(event)?.cartIds.length ?? 0) > 0;
    await delay(isShown ? restMs : 0);
    egress.kept = [];
    const startMs = performance.now();
    ingress.push(event);
    await subject.whenQuiet();
    if (isShown) samples.push((egress.kept[0]?.atMs ?? Number.NaN) - startMs);
  }
  return toLatency(samples);
}

/**
 * From when a price change was due to when the cart status it led to was handed to the outside, for every cart that held the product. A cart also
 * shows a price when an item is put into it; that price may be old, so it is no sample. `contents` has the carts before the events, and follows
 * them.
 */
export function latencyOf(sent: readonly Sent[], events: readonly GeneratedEvent[], dueMs: Float64Array, contents: CartContents): Latency {
  const waiting = new Map<number, { readonly dueMs: number; readonly cartIds: Set<string> }>();
  events.forEach((event, index) => {
    const change = contents.add(event);
    if (change !== undefined) waiting.set(change.price, { dueMs: dueMs[index] ?? Number.NaN, cartIds: new Set(change.cartIds) });
  });
  const samples: number[] = [];
  for (const { data, atMs } of sent) {
    const { cartId, cartItemStatuses } = (JSON.parse(data) as CartStatusEvent).data;
    for (const { currentPrice = -1 } of cartItemStatuses) {
      const change = waiting.get(currentPrice);
      if (change?.cartIds.delete(cartId) === true) samples.push(atMs - change.dueMs);
    }
  }
  const unseen = [...waiting.values()].reduce((count, { cartIds }) => count + cartIds.size, 0);
  if (unseen > 0) throw new Error(`${unseen} price changes were not shown by a cart that held the product`);
  return toLatency(samples);
}

function toLatency(samples: readonly number[]): Latency {
  const sorted = Float64Array.from(samples).sort();
  const percentile = (fraction: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
  return { samples: sorted.length, p50Ms: percentile(0.5), p99Ms: percentile(0.99), maxMs: percentile(1) };
}

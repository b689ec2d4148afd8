import type { MemoryIngress } from 'statefun/connectors';
import type { Sent } from './cart-egress.ts';
import type { GeneratedEvent } from './cart-events.ts';
import type { Latency } from './measurement.ts';

interface CartStatusEvent {
  readonly data: {
    readonly cartId: string;
    readonly cartItemStatuses: readonly { readonly productId: string; readonly currentPrice?: number }[];
  };
}

/** Pushes events at an even rate. Returns the time at which each was due, whether or not it could be pushed then. */
export async function feedEvenly(
  ingress: MemoryIngress,
  events: readonly GeneratedEvent[],
  eventsPerSecond: number,
): Promise<Float64Array> {
  const startMs = performance.now();
  const dueMs = Float64Array.from(events, (_, index) => startMs + (index * 1_000) / eventsPerSecond);
  for (let next = 0; next < events.length;) {
    const nowMs = performance.now();
    for (; next < events.length && (dueMs[next] ?? 0) <= nowMs; next += 1) ingress.push(events[next] ?? { data: '' });
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  return dueMs;
}

/**
 * From when an event was due to when the cart status it led to was handed to the outside. The price that is different in a cart is the number of
 * the event; items that the cart did not show before are left out, since what shows them may be the answer to a subscription.
 */
export function latencyOf(sent: readonly Sent[], dueMs: Float64Array, firstNumber: number, eventsPerSecond: number): Latency {
  const shown = new Map<string, Map<string, number | undefined>>();
  const samples: number[] = [];
  for (const { data, atMs } of sent) {
    const { cartId, cartItemStatuses } = (JSON.parse(data) as CartStatusEvent).data;
    const before = shown.get(cartId);
    for (const { productId, currentPrice = -1 } of cartItemStatuses) {
      if (before?.has(productId) !== true || before.get(productId) === currentPrice) continue;
      const due = dueMs[currentPrice - firstNumber];
      if (due !== undefined) samples.push(atMs - due);
    }
    shown.set(cartId, new Map(cartItemStatuses.map((item) => [item.productId, item.currentPrice])));
  }
  const sorted = Float64Array.from(samples).sort();
  const percentile = (fraction: number): number => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * fraction))] ?? Number.NaN;
  return { eventsPerSecond, samples: sorted.length, p50Ms: percentile(0.5), p99Ms: percentile(0.99), maxMs: percentile(1) };
}

import type { InvocationHost } from '../../../functions/invocation-host.ts';
import type { Effects } from '../../../functions/effects.ts';
import type { Counter } from '../../../shared/metrics.ts';

/**
 * Metrics of a function type under StateFun's names: `functions.<namespace>.<name>.<metric>`. Rates are left to the collector of the metrics. The
 * histogram of latencies has only its sum, in milliseconds, and its count. There is one partition, so nothing is sent to another.
 */
export class RemoteMetrics {
  readonly #counter: (name: string) => Counter;
  readonly #counters = new Map<string, Counter>();

  constructor(type: string, host: InvocationHost) {
    const scope = host.metrics(`functions.${type.replace('/', '.')}`);
    this.#counter = (name) => scope.counter(name);
  }

  /** Changes a metric that goes up and down. */
  add(name: 'numBlockedAddress' | 'inflightAsyncOps' | 'numBacklog', by: number): void {
    if (by !== 0) this.#of(name).increment(by);
  }

  received(messages: number): void {
    this.#of('in').increment(messages);
  }

  sent({ messages, delayed, egressRecords }: Effects): void {
    const local = messages.length + delayed.filter(({ kind }) => kind === 'send').length;
    if (local > 0) this.#of('outLocal').increment(local);
    if (egressRecords.length > 0) this.#of('outEgress').increment(egressRecords.length);
  }

  /** Counts an attempt that has ended. */
  attempted(latencyMs: number, failed: boolean): void {
    this.#of('remoteInvocationLatency.sum').increment(latencyMs);
    this.#of('remoteInvocationLatency.count').increment();
    if (failed) this.#of('remoteInvocationFailures').increment();
  }

  #of(name: string): Counter {
    let counter = this.#counters.get(name);
    if (counter === undefined) this.#counters.set(name, (counter = this.#counter(name)));
    return counter;
  }
}

/** A number that only increases. */
export interface Counter {
  increment(by?: number): void;
}

/** Counters for handlers. Their names are scoped to the function type. Failed attempts count too. */
export interface Metrics {
  counter(name: string): Counter;
}

/** Keeps counters in memory, by name. */
export class MetricsRegistry {
  readonly #counts = new Map<string, number>();

  /** Returns metrics whose names begin with the scope and a dot. */
  scope(scope: string): Metrics {
    return {
      counter: (name) => ({ increment: (by = 1) => this.increment(`${scope}.${name}`, by) }),
    };
  }

  increment(name: string, by = 1): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + by);
  }

  /** Returns every counter and its value, sorted by name. */
  values(): Readonly<Record<string, number>> {
    return Object.fromEntries([...this.#counts].sort(([a], [b]) => (a < b ? -1 : 1)));
  }
}

import type { EngineStatistics } from 'statefun/running';

export interface Summary {
  readonly eventsIn: number;
  readonly eventsOut: number;
  readonly statistics: EngineStatistics;
  readonly stateFolder: string;
}

/** What happened, and what to try next. */
export function formatSummary({ eventsIn, eventsOut, statistics, stateFolder }: Summary): string {
  const { invocations, commits, deadLetters, latencyMs } = statistics;
  return `
Done.
  events in       ${eventsIn}
  invocations     ${invocations}
  commits         ${commits}
  events out      ${eventsOut}
  dead letters    ${deadLetters}
  latency         p50 ${formatMs(latencyMs.p50)}, p99 ${formatMs(latencyMs.p99)}, from reading an event to the acknowledgement of what it led to
  state           ${stateFolder}

What to try next
  npm start -- --keep              keep it running and send events of your own
  npx statefun play examples/shopping-cart --events test/resources/product-cart-integration-test-events.jsonl
                                   the same events in memory, without Kinesis
  examples/shopping-cart/README.md how it is built, and how to add an event type`;
}

function formatMs(value: number | undefined): string {
  return value === undefined ? '-' : `${value.toFixed(1)} ms`;
}

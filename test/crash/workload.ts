import type { SeededRandom } from 'statefun/testing';

/*
 * What happens in the ledger, as lines of a file. Functions and model agree on these shapes and on nothing else.
 */
export interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly reference: string;
}

export interface WorkloadEvents {
  /** Money from one account to another, with replies, bonuses after a delay, reminders that are taken back and some that are kept. */
  readonly 'ledger.transfer': Transfer;
  /** A bank charges many accounts from one handler. */
  readonly 'ledger.fee': { readonly bank: string; readonly first: number; readonly reference: string };
  /** A clock that sends itself delayed messages until it rings. */
  readonly 'ledger.countdown': { readonly clock: string; readonly left: number; readonly reference: string };
  readonly 'ledger.rate': { readonly rate: string; readonly value: number };
  readonly 'ledger.watch': { readonly watcher: string; readonly rate: string };
  readonly 'ledger.unwatch': { readonly watcher: string; readonly rate: string };
  /** Its handler always fails: a dead letter after three attempts. */
  readonly 'ledger.poison': { readonly fragile: string; readonly reference: string };
  /** Its handler always fails, and nobody minds. */
  readonly 'ledger.careless': { readonly fragile: string; readonly reference: string };
  /** No forwarder takes it. */
  readonly 'ledger.unknown': { readonly reference: string };
}

export type WorkloadType = keyof WorkloadEvents;

export const accountCount = 150;
export const feeAccounts = 15;
const names = (what: string, count: number): readonly string[] => Array.from({ length: count }, (_, index) => `${what}-${index}`);
export const accounts = names('account', accountCount);
export const banks = names('bank', 3);
export const clocks = names('clock', 10);
export const rates = names('rate', 6);
export const watchers = names('watcher', 20);
export const fragiles = names('fragile', 5);

/** What an account writes about itself whenever its balance changes: large and overwritten often, so that segments fill with garbage. */
export function noteOf(balance: number): string {
  return `${balance} `.repeat(20 + (Math.abs(balance) % 80));
}

/** The lines of a workload. */
export function workloadLines(random: SeededRandom, count: number): string[] {
  return Array.from({ length: count }, (_, index) => {
    // A line that no one can read.
    if (random.next() < 0.01) return `{"broken": ${index}`;
    const [type, data] = eventOf(random, `r${index}`);
    return JSON.stringify({ specversion: '1.0', id: `e${index}`, source: '/ledger', type, data });
  });
}

function eventOf(random: SeededRandom, reference: string): readonly [WorkloadType, WorkloadEvents[WorkloadType]] {
  const kind = random.next();
  if (kind < 0.02) return ['ledger.fee', { bank: random.oneOf(banks), first: random.below(accountCount), reference }];
  if (kind < 0.05) return ['ledger.countdown', { clock: random.oneOf(clocks), left: random.below(6), reference }];
  if (kind < 0.09) return ['ledger.rate', { rate: random.oneOf(rates), value: random.below(1_000_000) }];
  if (kind < 0.14) return ['ledger.watch', { watcher: random.oneOf(watchers), rate: random.oneOf(rates) }];
  if (kind < 0.17) return ['ledger.unwatch', { watcher: random.oneOf(watchers), rate: random.oneOf(rates) }];
  if (kind < 0.18) return ['ledger.poison', { fragile: random.oneOf(fragiles), reference }];
  if (kind < 0.185) return ['ledger.careless', { fragile: random.oneOf(fragiles), reference }];
  if (kind < 0.19) return ['ledger.unknown', { reference }];
  return ['ledger.transfer', { from: random.oneOf(accounts), to: random.oneOf(accounts), amount: 1 + random.below(100), reference }];
}

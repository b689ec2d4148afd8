import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  defineModule,
  Forwarder,
  Handles,
  Persisted,
  PersistedTable,
  PersistedValue,
  StatefunFunction,
  type CloudEvent,
  type Context,
  type Downstream,
  type EventForwarder,
} from 'statefun';
import { randomFrom } from './random.ts';

/*
 * A ledger whose result does not depend on the order in which messages of different addresses are handled: sums, counts and sets only.
 * It uses everything a crash could break: messages between functions, replies, delayed messages, asynchronous handlers, retries, dead letters.
 */
interface Transfer {
  readonly from: string;
  readonly to: string;
  readonly amount: number;
  readonly reference: string;
}

/** References whose first attempt in this process fails: attempts are not part of the result. */
const failedHere = new Set<string>();

@StatefunFunction('ledger/account', { retry: { attemptsMax: 10_000, delay: 2, delayMax: 5 } })
export class AccountFunction {
  @Persisted() private readonly balance = PersistedValue.of<number>();
  @Persisted() private readonly references = PersistedTable.of<number>();

  @Handles('ledger.transfer')
  onTransfer(event: CloudEvent<Transfer>, context: Context): void {
    const { to, amount, reference } = event.data;
    this.balance.set(this.balance.getOrDefault(0) - amount);
    this.references.set(reference, -amount);
    context.send(AccountFunction, to, { type: 'ledger.credit', data: event.data });
    if (amount % 5 === 0) context.sendAfter(amount % 40, AccountFunction, to, { type: 'ledger.bonus', data: { reference } });
    if (amount % 7 === 0 && !failedHere.has(reference)) {
      failedHere.add(reference);
      throw new Error(`the first attempt of ${reference} fails`);
    }
  }

  @Handles('ledger.credit')
  async onCredit(event: CloudEvent<Transfer>, context: Context): Promise<void> {
    const { amount, reference } = event.data;
    if (amount % 3 === 0) await nextTurn();
    this.balance.set(this.balance.getOrDefault(0) + amount);
    this.references.set(`${reference}+`, amount);
    context.egress('ledger/receipts', { type: 'ledger.receipt', data: { account: context.self.id, reference } });
    context.reply({ type: 'ledger.credited', data: { reference } });
  }

  @Handles('ledger.credited')
  onCredited(event: CloudEvent<{ reference: string }>): void {
    this.references.set(`${event.data.reference}!`, 0);
  }

  @Handles('ledger.bonus')
  onBonus(event: CloudEvent<{ reference: string }>, context: Context): void {
    this.balance.set(this.balance.getOrDefault(0) + 1);
    context.egress('ledger/receipts', {
      type: 'ledger.bonus-receipt',
      data: { account: context.self.id, reference: event.data.reference },
    });
  }
}

@Forwarder('ledger.transfer')
export class Transfers implements EventForwarder<Transfer> {
  forward(event: CloudEvent<Transfer>, downstream: Downstream): void {
    downstream.forward(AccountFunction, event.data.from, event);
  }
}

export const ledgerModule = defineModule({ name: 'ledger', functions: [AccountFunction], forwarders: [Transfers] });

const accountNames = Array.from({ length: 12 }, (_, index) => `account-${index}`);
export const ledgerAddresses = accountNames.map((id) => ({ type: 'ledger/account', id }));

/** The lines of a workload: transfers, and now and then a line that no one can read. */
export function ledgerEvents(seed: number, count: number): string[] {
  const random = randomFrom(seed);
  const pick = (): string => accountNames[Math.floor(random() * accountNames.length)] ?? 'account-0';
  return Array.from({ length: count }, (_, index) => {
    if (random() < 0.02) return `{"broken": ${index}`;
    const data: Transfer = { from: pick(), to: pick(), amount: 1 + Math.floor(random() * 100), reference: `r${index}` };
    return JSON.stringify({ specversion: '1.0', id: `e${index}`, source: '/ledger', type: 'ledger.transfer', data });
  });
}

import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import {
  defineModule,
  Forwarder,
  Handles,
  OnSubscribe,
  Persisted,
  PersistedList,
  PersistedTable,
  PersistedValue,
  StatefunFunction,
  type CloudEvent,
  type Context,
  type Downstream,
  type EventForwarder,
  type NewEvent,
} from 'statefun';
import { accounts, feeAccounts, noteOf, type Transfer, type WorkloadEvents, type WorkloadType } from './workload.ts';

/*
 * A ledger whose result does not depend on the order in which messages of different addresses are handled: sums, sets, the last value of
 * each sender, and lists whose order is looked at per sender. It uses everything a crash could break.
 */
type Event<Type extends WorkloadType> = CloudEvent<WorkloadEvents[Type]>;

export const receiptsEgress = 'ledger/receipts';

/** References whose first attempt in this process fails: attempts are not part of the result. */
const failedHere = new Set<string>();

@StatefunFunction('ledger/account', { retry: { attemptsMax: 10_000, delay: 2, delayMax: 5 } })
export class AccountFunction {
  @Persisted() private readonly balance = PersistedValue.of<number>();
  @Persisted() private readonly note = PersistedValue.of<string>();
  /** Transfers that were not answered yet: entries come and go. */
  @Persisted() private readonly open = PersistedTable.of<number>();
  @Persisted() private readonly credits = PersistedList.of<string>();
  @Persisted() private readonly bonuses = PersistedTable.of<number>();

  @Handles('ledger.transfer')
  onTransfer({ data }: Event<'ledger.transfer'>, context: Context): void {
    const { to, amount, reference } = data;
    this.#add(-amount);
    this.open.set(reference, amount);
    context.send(AccountFunction, to, { type: 'ledger.credit', data });
    if (amount % 5 === 0) context.sendAfter(amount % 40, AccountFunction, to, { type: 'ledger.bonus', data: { reference } });
    if (amount % 4 === 0) this.#remind(context, `open-${reference}`);
    if (amount % 50 === 0) this.#remind(context, `kept-${reference}`);
    if (amount % 6 === 0) {
      context.sendAfter(
        1,
        AccountFunction,
        context.self.id,
        { type: 'ledger.never', data: {} },
        { cancellationToken: `never-${reference}` },
      );
      context.cancelDelayed(`never-${reference}`);
    }
    if (amount % 7 === 0 && !failedHere.has(reference)) {
      failedHere.add(reference);
      throw new Error(`the first attempt of ${reference} fails`);
    }
  }

  @Handles('ledger.credit')
  async onCredit({ data }: CloudEvent<Transfer>, context: Context): Promise<void> {
    const { from, amount, reference } = data;
    if (amount % 3 === 0) await nextTurn();
    if (amount % 11 === 0) await sleep(amount % 9);
    this.#add(amount);
    this.credits.append(`${from} ${reference}`);
    context.egress(receiptsEgress, { type: 'ledger.receipt', data: { account: context.self.id, reference } });
    context.reply({ type: 'ledger.credited', data: { reference, amount } });
  }

  @Handles('ledger.credited')
  onCredited({ data }: CloudEvent<{ reference: string; amount: number }>, context: Context): void {
    this.open.delete(data.reference);
    if (data.amount % 4 === 0) context.cancelDelayed(`open-${data.reference}`);
  }

  @Handles('ledger.bonus')
  onBonus({ data }: CloudEvent<{ reference: string }>, context: Context): void {
    this.#add(1);
    this.bonuses.set(data.reference, 1);
    context.egress(receiptsEgress, { type: 'ledger.bonus-receipt', data: { account: context.self.id, reference: data.reference } });
  }

  @Handles('ledger.charge')
  onCharge(): void {
    this.#add(-1);
  }

  @Handles('ledger.never')
  @Handles('ledger.reminder')
  onNever(): void {
    this.#add(1_000_000);
  }

  #add(amount: number): void {
    const balance = this.balance.getOrDefault(0) + amount;
    this.balance.set(balance);
    this.note.set(noteOf(balance));
  }

  #remind(context: Context, token: string): void {
    context.sendAfter('1h', AccountFunction, context.self.id, { type: 'ledger.reminder', data: {} }, { cancellationToken: token });
  }
}

@StatefunFunction('ledger/bank')
export class BankFunction {
  @Persisted() private readonly fees = PersistedList.of<string>();

  @Handles('ledger.fee')
  onFee({ data }: Event<'ledger.fee'>, context: Context): void {
    this.fees.append(data.reference);
    for (let index = 0; index < feeAccounts; index += 1) {
      const account = accounts[(data.first + index) % accounts.length] ?? '';
      context.send(AccountFunction, account, { type: 'ledger.charge', data: {} });
    }
  }
}

@StatefunFunction('ledger/clock')
export class ClockFunction {
  @Persisted() private readonly ticks = PersistedValue.of<number>();

  @Handles('ledger.countdown')
  onCountdown({ data }: Event<'ledger.countdown'>, context: Context): void {
    const { clock, left, reference } = data;
    this.ticks.set(this.ticks.getOrDefault(0) + 1);
    if (left > 0) context.sendAfter(2, ClockFunction, clock, { type: 'ledger.countdown', data: { ...data, left: left - 1 } });
    else context.egress(receiptsEgress, { type: 'ledger.rung', data: { account: clock, reference } });
  }
}

@StatefunFunction('ledger/rate')
export class RateFunction {
  @Persisted() private readonly current = PersistedValue.of<WorkloadEvents['ledger.rate']>();

  @Handles('ledger.rate')
  onRate({ data }: Event<'ledger.rate'>, context: Context): void {
    this.current.set(data);
    context.publish({ type: 'ledger.rate-changed', data });
  }

  @OnSubscribe()
  onSubscribe(): NewEvent<WorkloadEvents['ledger.rate']> | undefined {
    const data = this.current.get();
    return data && { type: 'ledger.rate-changed', data };
  }
}

@StatefunFunction('ledger/watcher')
export class WatcherFunction {
  @Persisted() private readonly watching = PersistedTable.of<boolean>();
  @Persisted() private readonly seen = PersistedTable.of<number>();

  @Handles('ledger.watch')
  onWatch({ data }: Event<'ledger.watch'>, context: Context): void {
    this.watching.set(data.rate, true);
    context.subscribe(RateFunction, data.rate);
  }

  @Handles('ledger.unwatch')
  onUnwatch({ data }: Event<'ledger.unwatch'>, context: Context): void {
    this.watching.delete(data.rate);
    this.seen.delete(data.rate);
    context.unsubscribe(RateFunction, data.rate);
  }

  @Handles('ledger.rate-changed')
  onRateChanged({ data }: Event<'ledger.rate'>): void {
    // What was published before the subscription ended may arrive after it.
    if (this.watching.has(data.rate)) this.seen.set(data.rate, data.value);
  }
}

@StatefunFunction('ledger/fragile', { retry: { attemptsMax: 3, delay: 2 } })
export class FragileFunction {
  @Persisted() private readonly touched = PersistedValue.of<number>();

  @Handles('ledger.poison')
  onPoison({ data }: Event<'ledger.poison'>, context: Context): void {
    this.touched.set(1);
    context.egress(receiptsEgress, { type: 'ledger.impossible', data: { reference: data.reference } });
    throw new RangeError(`poison ${data.reference}`);
  }
}

@StatefunFunction('ledger/careless', { retry: { attemptsMax: 2, delay: 1 }, onFailure: 'skip' })
export class CarelessFunction {
  @Persisted() private readonly touched = PersistedValue.of<number>();

  @Handles('ledger.careless')
  onCareless(): void {
    this.touched.set(1);
    throw new Error('careless');
  }
}

@Forwarder()
export class LedgerEvents implements EventForwarder {
  accept({ type }: CloudEvent): boolean {
    return type !== 'ledger.unknown';
  }

  forward(event: CloudEvent, downstream: Downstream): void {
    const data = event.data as Readonly<Record<string, string>>; // the workload writes objects with texts for ids
    switch (event.type as WorkloadType) {
      case 'ledger.transfer':
        return downstream.send(AccountFunction, data['from'] ?? '', event);
      case 'ledger.fee':
        return downstream.send(BankFunction, data['bank'] ?? '', event);
      case 'ledger.countdown':
        return downstream.send(ClockFunction, data['clock'] ?? '', event);
      case 'ledger.rate':
        return downstream.send(RateFunction, data['rate'] ?? '', event);
      case 'ledger.watch':
      case 'ledger.unwatch':
        return downstream.send(WatcherFunction, data['watcher'] ?? '', event);
      case 'ledger.poison':
        return downstream.send(FragileFunction, data['fragile'] ?? '', event);
      case 'ledger.careless':
        return downstream.send(CarelessFunction, data['fragile'] ?? '', event);
      case 'ledger.unknown':
        throw new Error('the forwarder does not accept it');
    }
  }
}

export const ledgerModule = defineModule({
  name: 'ledger',
  functions: [AccountFunction, BankFunction, ClockFunction, RateFunction, WatcherFunction, FragileFunction, CarelessFunction],
  forwarders: [LedgerEvents],
});

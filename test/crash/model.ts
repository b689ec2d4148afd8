import { createHash } from 'node:crypto';
import { accounts, feeAccounts, noteOf, type Transfer, type WorkloadEvents, type WorkloadType } from './workload.ts';

/*
 * What the ledger ends with, computed without the framework: one event after the other, everything that follows from it at once. It shares
 * the shapes of the events with the functions, and nothing with the engine: ids are hashed here from their definition in the design.
 */

/** The end of a run: of the real process, or as the model says it must be. */
export interface Outcome {
  /** By address, cells by name. Tables are objects. */
  readonly state: Readonly<Record<string, unknown>>;
  readonly deadLetters: readonly Readonly<Record<string, unknown>>[];
  readonly egress: readonly EgressLine[];
  /** Messages whose time has not come. */
  readonly delayed: number;
}

export interface EgressLine {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly data: unknown;
}

interface Account {
  balance: number;
  note: string;
  readonly credits: string[];
  readonly bonuses: Record<string, number>;
}

/** The ingress of the workload; identities of records begin with it. */
export const ingressName = 'events';
const forwarderName = 'LedgerEvents';

export function modelOf(lines: readonly string[]): Outcome {
  const model = new LedgerModel();
  let offset = 0;
  for (const line of lines) {
    model.line(line, `${ingressName}@${offset}`);
    offset += Buffer.byteLength(line) + 1;
  }
  return model.outcome();
}

/** The id of a message: 96 bits of SHA-256 over origin and sender, each text behind its length, and the ordinal in 32 bits; all in hex. */
function idOf(origin: string, sender: string, ordinal: number): string {
  const text = `${origin.length}:${origin}${sender.length}:${sender}`;
  return createHash('sha256').update(text).digest('hex').slice(0, 24) + ordinal.toString(16).padStart(8, '0');
}

class LedgerModel {
  readonly #accounts = new Map<string, Account>();
  readonly #fees: Record<string, string[]> = {};
  readonly #ticks: Record<string, number> = {};
  readonly #rates: Record<string, WorkloadEvents['ledger.rate']> = {};
  readonly #watching: Record<string, Set<string>> = {};
  readonly #deadLetters: Record<string, unknown>[] = [];
  readonly #egress: EgressLine[] = [];
  #delayed = 0;

  line(line: string, identity: string): void {
    let event: { readonly type: WorkloadType; readonly data: unknown };
    try {
      event = JSON.parse(line) as typeof event; // the workload wrote it
    } catch {
      this.#deadLetters.push({ kind: 'record', code: 'RECORD_NOT_JSON', identity });
      return;
    }
    this.#event(event.type, event.data, identity, idOf(identity, forwarderName, 0));
  }

  outcome(): Outcome {
    const state: Record<string, unknown> = {};
    for (const [id, account] of this.#accounts) state[`ledger/account/${id}`] = withoutEmpty({ ...account });
    for (const [id, fees] of Object.entries(this.#fees)) state[`ledger/bank/${id}`] = { fees };
    for (const [id, ticks] of Object.entries(this.#ticks)) state[`ledger/clock/${id}`] = { ticks };
    const ratesKnown = new Set(Object.keys(this.#rates));
    const subscribers: Record<string, Record<string, unknown>> = {};
    for (const [watcher, watched] of Object.entries(this.#watching)) {
      const watching = Object.fromEntries(Array.from(watched, (rate) => [rate, true]));
      const seen = Object.fromEntries(
        [...watched].filter((rate) => ratesKnown.has(rate)).map((rate) => [rate, this.#rates[rate]?.value] as const),
      );
      state[`ledger/watcher/${watcher}`] = withoutEmpty({ watching, seen });
      for (const rate of watched) {
        const row = { namespace: 'ledger', type: 'watcher', id: watcher, correlationId: null };
        (subscribers[rate] ??= {})[`ledger:watcher:${watcher}`] = row;
      }
    }
    for (const rate of new Set([...ratesKnown, ...Object.keys(subscribers)])) {
      state[`ledger/rate/${rate}`] = withoutEmpty({ current: this.#rates[rate], $subscribers: subscribers[rate] ?? {} });
    }
    return { state, deadLetters: this.#deadLetters, egress: this.#egress, delayed: this.#delayed };
  }

  #event(type: WorkloadType, data: unknown, identity: string, id: string): void {
    // Safe: the workload writes the data that belongs to the type.
    const of = <T extends WorkloadType>(): WorkloadEvents[T] => data as WorkloadEvents[T];
    switch (type) {
      case 'ledger.transfer':
        return this.#transfer(of<'ledger.transfer'>(), id);
      case 'ledger.fee': {
        const { bank, first, reference } = of<'ledger.fee'>();
        (this.#fees[bank] ??= []).push(reference);
        for (let index = 0; index < feeAccounts; index += 1) this.#add(accounts[(first + index) % accounts.length] ?? '', -1);
        return;
      }
      case 'ledger.countdown': {
        const { clock, left, reference } = of<'ledger.countdown'>();
        this.#ticks[clock] = (this.#ticks[clock] ?? 0) + left + 1;
        let tick = id;
        for (let sent = 0; sent < left; sent += 1) tick = idOf(tick, `ledger/clock/${clock}`, 0);
        this.#receipt(`ledger/clock/${clock}`, tick, 'ledger.rung', { account: clock, reference });
        return;
      }
      case 'ledger.rate': {
        const rate = of<'ledger.rate'>();
        this.#rates[rate.rate] = rate;
        return;
      }
      case 'ledger.watch': {
        const { watcher, rate } = of<'ledger.watch'>();
        (this.#watching[watcher] ??= new Set()).add(rate);
        return;
      }
      case 'ledger.unwatch': {
        const { watcher, rate } = of<'ledger.unwatch'>();
        (this.#watching[watcher] ??= new Set()).delete(rate);
        return;
      }
      case 'ledger.poison': {
        const { fragile, reference } = of<'ledger.poison'>();
        const target = `ledger/fragile/${fragile}`;
        const letter = { kind: 'message', code: 'RangeError', reason: `poison ${reference}`, attempts: 3, target, messageId: id };
        this.#deadLetters.push(letter);
        return;
      }
      case 'ledger.careless':
        return;
      case 'ledger.unknown':
        this.#deadLetters.push({ kind: 'record', code: 'NO_FORWARDER', identity });
    }
  }

  #transfer({ from, to, amount, reference }: Transfer, id: string): void {
    const [sender, receiver] = [`ledger/account/${from}`, `ledger/account/${to}`];
    this.#add(from, -amount);
    if (amount % 50 === 0) this.#delayed += 1;
    const credited = this.#add(to, amount);
    credited.credits.push(`${from} ${reference}`);
    this.#receipt(receiver, idOf(id, sender, 0), 'ledger.receipt', { account: to, reference });
    if (amount % 5 !== 0) return;
    this.#add(to, 1).bonuses[reference] = 1;
    this.#receipt(receiver, idOf(id, sender, 1), 'ledger.bonus-receipt', { account: to, reference });
  }

  #add(id: string, amount: number): Account {
    let account = this.#accounts.get(id);
    if (account === undefined) this.#accounts.set(id, (account = { balance: 0, note: '', credits: [], bonuses: {} }));
    account.balance += amount;
    account.note = noteOf(account.balance);
    return account;
  }

  /** What the handler of a message sends out first. */
  #receipt(sender: string, message: string, type: string, data: object): void {
    this.#egress.push({ id: idOf(message, sender, 0), source: `/${sender}`, type, data });
  }
}

/** Cells that hold nothing are not there. */
function withoutEmpty(cells: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const holds = (cell: unknown): boolean =>
    cell !== undefined && (typeof cell !== 'object' || cell === null || Object.keys(cell).length > 0);
  return Object.fromEntries(Object.entries(cells).filter(([, cell]) => holds(cell)));
}

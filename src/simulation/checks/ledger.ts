import type { Capture } from '../../engine/partition/commit-group.ts';
import type { DeadLetter } from '../../engine/partition/dead-letters.ts';
import type { Delayed } from '../../engine/partition/delayed-messages.ts';
import type { EngineLimits } from '../../engine/partition/limits.ts';
import type { Partition } from '../../engine/partition/partition.ts';
import type { PendingMessage } from '../../engine/partition/activation.ts';
import type { EgressRecord } from '../../egress/egress.ts';
import type { Message } from '../../functions/message.ts';
import { formatAddress } from '../../shared/address.ts';
import { noContents, contentsOf, statesOf, type Cut, type Contents } from './cut.ts';
import { EgressAccount } from './egress-account.ts';
import type { MessageEnd, PartitionWatcher } from '../world/observed-partition.ts';
import { firstDifference, shortId } from '../report/texts.ts';
import type { Report } from './violation.ts';

/** Number of invocations after which a record is taken while messages lead to others endlessly. */
const invocationsPerRecord = 10;

/** Largest limit of messages that is checked. */
const sentLookedAtMax = 1_000;

/** What the ledger reads of a running engine. */
export interface LedgerSources {
  readonly partition: Partition;
  readonly letters: () => readonly DeadLetter[];
  /** Number of records delivered and not taken. */
  readonly recordsWaiting: () => number;
  /** Number of records taken since this engine started. */
  readonly taken: () => number;
  readonly limits: EngineLimits;
  /** Whether the outside refuses what is sent. */
  readonly outboxFull: () => boolean;
  /** Returns the state of an address in the store. */
  readonly stored: (address: string) => string;
}

/**
 * Keeps an account of the engine's work, and compares: the next run of the engine must find exactly what the last one committed.
 *
 * - `recovery`: a start brings back exactly the contents of the last durable commit;
 * - `exactly-once`: no message is handled again after its success is committed;
 * - `order`: an address handles its messages in the order in which they arrived, and the oldest message that can be handled goes first;
 * - `inside first`: a record waits for the messages inside the engine, for a limited time;
 * - `accounting`: every message that has arrived is pending or finished;
 * - `limits`: records and delayed messages wait while the limit of pending messages is reached;
 * - `delayed`: a delayed message arrives once, not early, and not after it was cancelled.
 */
export class Ledger implements PartitionWatcher {
  readonly egress: EgressAccount;
  readonly #report: Report;
  readonly #trace: (text: () => string) => void;
  #sources: LedgerSources | undefined;
  /** The contents of the last durable commit. */
  #committed: Contents = noContents;
  readonly #states = new Map<string, string>();
  readonly #succeeded = new Set<string>();
  /** The order in which messages arrived, by id. An address must handle them in this order. */
  readonly #arrivals = new Map<string, number>();
  #arrivalCount = 0;
  /** The work of the running engine that a crash undoes. */
  #pending = new Set<string>();
  #succeededSince = new Set<string>();
  #succeededSinceCut: string[] = [];
  #cancelled = new Set<string>();
  #fired = new Set<Delayed>();
  #lastOf = new Map<string, number>();
  #cuts: Cut[] = [];
  /** Messages handled since the last moment at which none could be handled, a record was taken or no record waited. */
  #inARow = 0;
  #sinceRecord = 0;
  #takenBefore = 0;
  #takenSeen = 0;

  constructor(report: Report, trace: (text: () => string) => void) {
    this.#report = report;
    this.#trace = trace;
    this.egress = new EgressAccount(report);
  }

  /** Begins the account of an engine that starts on the files of the last one. */
  begin(sources: LedgerSources): void {
    this.#sources = sources;
    this.#pending = new Set();
    this.#succeededSince = new Set();
    this.#succeededSinceCut = [];
    this.#cancelled = new Set();
    this.#fired = new Set();
    this.#lastOf = new Map();
    this.#cuts = [];
    this.#takenBefore = this.#committed.taken;
    this.#takenSeen = 0;
    this.#inARow = 0;
    this.#sinceRecord = 0;
    this.egress.begin();
  }

  arrived(message: Message): void {
    const id = idOf(message);
    const { caller, envelope } = message;
    this.#trace(() => {
      const from = caller === undefined ? '' : ` from ${formatAddress(caller)}`;
      return `message ${shortId(id)} (${envelope.event.type}) to ${targetOf(message)}${from}`;
    });
    this.#checkLimits(message);
    this.#checkSent();
    this.#arrivals.set(id, ++this.#arrivalCount);
    if (this.#pending.has(id)) this.#report('exactly-once', `message ${shortId(id)} to ${targetOf(message)} arrives while it is pending`);
    this.#pending.add(id);
  }

  restored(message: PendingMessage): void {
    this.#pending.add(idOf(message));
  }

  handled(oldest: boolean): void {
    if (!oldest) this.#report('order', 'a message is handled before an older one that nothing keeps');
    this.#inARow += 1;
    if (this.#sources === undefined) return;
    this.#noteTaken(this.#sources);
    const { partition, limits, recordsWaiting, outboxFull } = this.#sources;
    const couldTake = recordsWaiting() > 0 && partition.mailboxes.hasRoom && !outboxFull();
    this.#sinceRecord = couldTake ? this.#sinceRecord + 1 : 0;
    if (this.#sinceRecord <= limits.insideInvocationsMax + invocationsPerRecord) return;
    this.#report('inside first', `a record waits while ${this.#sinceRecord} messages are handled`);
  }

  paused(): void {
    this.#inARow = 0;
    this.#sinceRecord = 0;
    if (this.#sources !== undefined) this.#noteTaken(this.#sources);
  }

  ended(message: PendingMessage, end: MessageEnd): void {
    const id = idOf(message);
    const target = targetOf(message);
    if (!this.#pending.delete(id)) this.#report('accounting', `message ${shortId(id)} to ${target} ends without having arrived`);
    const arrival = this.#arrivals.get(id) ?? 0;
    if (arrival < (this.#lastOf.get(target) ?? 0)) {
      this.#report('order', `${target} handles message ${shortId(id)} after one that arrived later`);
    }
    this.#lastOf.set(target, arrival);
    if (end === 'given up') return;
    if (this.#succeeded.has(id) || this.#succeededSince.has(id)) {
      this.#report('exactly-once', `message ${shortId(id)} to ${target} takes effect a second time`);
    }
    this.#succeededSince.add(id);
    this.#succeededSinceCut.push(id);
  }

  delayedCancelled({ message }: Delayed): void {
    this.#cancelled.add(idOf(message));
  }

  delayedFired(delayed: Delayed, nowMs: number): void {
    const name = `delayed message ${shortId(idOf(delayed.message))} to ${targetOf(delayed.message)}`;
    if (this.#cancelled.has(idOf(delayed.message))) this.#report('delayed', `${name} fires, though it was taken back`);
    if (this.#fired.has(delayed)) this.#report('delayed', `${name} fires a second time`);
    if (delayed.dueAt > nowMs) this.#report('delayed', `${name} fires ${delayed.dueAt - nowMs} ms early`);
    this.#fired.add(delayed);
  }

  recovered(): void {
    if (this.#sources !== undefined) this.#compare(this.#live(this.#sources), 'after a start', this.#sources);
  }

  /** Checks the number of records that the ingress has left behind. */
  positionsRecovered(records: number): void {
    if (records === this.#committed.taken) return;
    this.#report('recovery', `the ingress continues after ${records} records; the last commit held ${this.#committed.taken} of them`);
  }

  captured(capture: Capture): void {
    if (this.#sources === undefined) return;
    const egress = capture.outbox.flatMap(({ egressId, envelopes }) =>
      envelopes.map(({ messageId = '' }) => ({ egressId, id: messageId })),
    );
    const succeeded = this.#succeededSinceCut;
    this.#succeededSinceCut = [];
    const acknowledged = this.egress.acknowledgedCounts();
    this.#cuts.push({ ...this.#live(this.#sources), states: statesOf(capture, this.#sources.partition), egress, acknowledged, succeeded });
  }

  /** Makes the oldest capture durable that is not yet. */
  durable(): void {
    const cut = this.#cuts.shift();
    if (cut === undefined) {
      this.#report('accounting', 'a commit is written that no capture belongs to');
      return;
    }
    this.#committed = cut;
    for (const [address, state] of cut.states) this.#states.set(address, state);
    for (const id of cut.succeeded) this.#succeeded.add(id);
    this.egress.durable(cut.egress, cut.acknowledged);
  }

  /** Checks the running engine. Called after every step. */
  check(): void {
    if (this.#sources === undefined) return;
    const { messages } = this.#sources.partition.mailboxes;
    if (messages !== this.#pending.size) {
      this.#report('accounting', `${messages} messages are pending; ${this.#pending.size} have arrived and are not done with`);
    }
  }

  /** Compares the contents of the engine with those of the store, when nothing is left to do. */
  checkEnd(): void {
    if (this.#sources === undefined) return;
    this.#compare(this.#live(this.#sources), 'when everything has ended', this.#sources);
    this.egress.checkEnd();
  }

  sending(egressId: string, records: readonly EgressRecord[]): void {
    this.egress.sending(egressId, records);
  }

  /** Counts a record as taken, also if it led to no message. */
  #noteTaken({ taken }: LedgerSources): void {
    if (taken() === this.#takenSeen) return;
    this.#takenSeen = taken();
    this.#sinceRecord = 0;
  }

  /** Checks that records and delayed messages arrive only while there is room. The message has arrived already. */
  #checkLimits(message: Message): void {
    const { caller, target } = message;
    if (this.#sources === undefined) return;
    const { partition, limits, taken, outboxFull } = this.#sources;
    const isNewRecord = caller === undefined && taken() > this.#takenSeen;
    if (!isNewRecord) return;
    this.#noteTaken(this.#sources);
    const { addresses } = partition.mailboxes;
    let before = addresses.find(target)?.blocked === true ? 0 : -1;
    // Messages of blocked addresses have a limit of their own.
    for (const [{ blocked }, messages] of partition.mailboxes.byAddress()) if (!blocked) before += messages.length;
    if (before >= limits.pendingMessagesMax) this.#report('limits', `a record is taken while ${before} messages are pending`);
    const passed = this.#inARow < limits.insideInvocationsMax ? passedBy(message, partition) : undefined;
    if (passed !== undefined) this.#report('inside first', `a record is taken before message ${shortId(passed)}`);
    if (outboxFull()) this.#report('limits', 'a record is taken while the outbox is full');
  }

  /** Checks the limit of what functions send. Messages are counted one by one if the simulation sets a limit that it can reach. */
  #checkSent(): void {
    if (this.#sources === undefined || this.#sources.limits.sentMessagesMax > sentLookedAtMax) return;
    const { partition, limits } = this.#sources;
    let sent = partition.delayed.size;
    for (const messages of partition.mailboxes.byAddress().values()) {
      for (const { caller } of messages) if (caller !== undefined) sent += 1;
    }
    if (sent > limits.sentMessagesMax) this.#report('limits', `${sent} messages that functions have sent are in memory`);
  }

  #live({ partition, letters, taken }: LedgerSources): Contents {
    return contentsOf(partition, letters(), this.#takenBefore + taken());
  }

  #compare(live: Contents, when: string, { stored }: LedgerSources): void {
    const parts = [
      { what: 'the messages of', expected: this.#committed.pending, actual: live.pending },
      { what: 'delayed message', expected: this.#committed.delayed, actual: live.delayed },
      { what: 'dead letter', expected: this.#committed.letters, actual: live.letters },
      { what: 'the state of', expected: this.#states, actual: new Map([...this.#states.keys()].map((key) => [key, stored(key)])) },
    ];
    for (const { what, expected, actual } of parts) {
      const found = firstDifference(expected, actual);
      if (found === undefined) continue;
      const text = `${when}, ${what} ${found.key}: the last commit held ${found.expected}; what is there is ${found.actual}`;
      this.#report('recovery', text);
      return;
    }
  }
}

/** Returns a message that could be handled, or will be after a state is read, while a record brings another one. */
function passedBy(brought: Message, partition: Partition): string | undefined {
  for (const [{ status }, [first]] of partition.mailboxes.byAddress()) {
    if (status === 'running' || status === 'waiting') continue;
    if (first !== undefined && idOf(first) !== idOf(brought)) return idOf(first);
  }
  return undefined;
}

function idOf({ messageId }: Message): string {
  return messageId;
}

function targetOf({ target }: Message): string {
  return formatAddress(target);
}

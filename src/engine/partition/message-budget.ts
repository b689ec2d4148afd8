import type { SendBudget } from '../../functions/invocation-host.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { EngineLimits } from './limits.ts';

/** The share of the heap for messages and records of functions. The rest is for state, the commit being written, and the application. */
const heapShare = 0.5;

/**
 * Memory of one message besides its payload, in bytes, including the address that it makes live: measured and rounded up. A payload takes about
 * twice its bytes, as text and as an object.
 */
const messageHeapBytes = 2_048;
const payloadFactor = 2;

/** An amount of messages or records in memory. */
export interface Held {
  readonly count: number;
  /** Size of their payloads, in bytes. */
  readonly bytes: number;
}

const uncheckedMax = 64;
const uncheckedBytesMax = 64 * 1_024;

/** A handler that needs this share of the limit alone is at fault: trying again cannot help. */
const ownShare = 0.75;

export interface MessageBudgetOptions {
  readonly limits: Pick<EngineLimits, 'sentMessagesMax' | 'sentBytesMax'>;
  /** The largest heap of the process, in bytes. */
  readonly heapBytesMax: number;
  /** Returns the pending and delayed messages, and the egress records that are not acknowledged. */
  readonly held: () => readonly Held[];
}

/**
 * Limits the messages, delayed messages and egress records of functions in memory, including those of attempts that have not ended. A handler
 * that would exceed the limit fails before the heap is full.
 */
export class MessageBudget implements SendBudget {
  readonly #options: MessageBudgetOptions;
  /** A full check costs about as much as a message, so it is made once for several messages; for each message where the limit is small. */
  readonly #countUncheckedMax: number;
  readonly #bytesUncheckedMax: number;
  /** Amounts of attempts that have not ended. */
  #count = 0;
  #bytes = 0;
  #uncheckedCount = 0;
  #uncheckedBytes = 0;

  constructor(options: MessageBudgetOptions) {
    this.#options = options;
    const { sentMessagesMax, sentBytesMax } = options.limits;
    this.#countUncheckedMax = Math.min(uncheckedMax, sentMessagesMax / 1_000);
    this.#bytesUncheckedMax = Math.min(uncheckedBytesMax, sentBytesMax / 1_000);
  }

  reserve(own: Held, bytes: number, sender: string): void {
    this.#uncheckedCount += 1;
    this.#uncheckedBytes += bytes;
    if (this.#uncheckedCount > this.#countUncheckedMax || this.#uncheckedBytes > this.#bytesUncheckedMax) {
      this.#ensure({ count: own.count + 1, bytes: own.bytes + bytes }, { count: 1, bytes }, sender);
      this.#uncheckedCount = 0;
      this.#uncheckedBytes = 0;
    }
    this.#count += 1;
    this.#bytes += bytes;
  }

  release({ count, bytes }: Held): void {
    this.#count -= count;
    this.#bytes -= bytes;
  }

  ensureRoom(own: Held, sender: string): void {
    this.#ensure(own, own, sender);
  }

  /** Throws TOO_MANY_EFFECTS when one handler sends too much, and TOO_MANY_MESSAGES when all of them together do. */
  #ensure(own: Held, added: Held, sender: string): void {
    const all = { count: this.#count + added.count, bytes: this.#bytes + added.bytes };
    for (const { count, bytes } of this.#options.held()) {
      all.count += count;
      all.bytes += bytes;
    }
    const passed = this.#passed(all);
    if (passed === undefined) return;
    if (this.#passed({ count: own.count / ownShare, bytes: own.bytes / ownShare }) !== undefined) {
      const summary = `one handler of ${sender} sent more than fits: ${passed}.`;
      throw new StatefunError('TOO_MANY_EFFECTS', summary, { facts: { ...own } });
    }
    const summary = `${sender} sends while ${all.count - own.count} messages and records of functions are in memory: ${passed}.`;
    throw new StatefunError('TOO_MANY_MESSAGES', summary, { facts: { ...all } });
  }

  #passed({ count, bytes }: Held): string | undefined {
    const { limits, heapBytesMax } = this.#options;
    if (count > limits.sentMessagesMax) return `at most ${limits.sentMessagesMax} are allowed`;
    if (bytes > limits.sentBytesMax) return `at most ${limits.sentBytesMax} bytes are allowed`;
    const heapBytes = count * messageHeapBytes + bytes * payloadFactor;
    if (heapBytes <= heapBytesMax * heapShare) return undefined;
    return `${count} of them take about ${mebibytes(heapBytes)} MiB, of a heap of ${mebibytes(heapBytesMax)} MiB`;
  }
}

/** Limits with a small heap: what has been handled stays in memory until its commit, and addresses with their state until others need the room. */
export function fitToHeap(limits: EngineLimits, heapBytesMax: number): EngineLimits {
  const commitInvocationsMax = Math.max(1, Math.min(limits.commitInvocationsMax, Math.floor(heapBytesMax / (8 * messageHeapBytes))));
  const liveAddressesMax = Math.min(limits.liveAddressesMax, Math.floor(heapBytesMax / (4 * messageHeapBytes)));
  const liveStateBytesMax = Math.min(limits.liveStateBytesMax, Math.floor(heapBytesMax / 8));
  return { ...limits, commitInvocationsMax, liveAddressesMax, liveStateBytesMax };
}

function mebibytes(bytes: number): number {
  return Math.round(bytes / (1_024 * 1_024));
}

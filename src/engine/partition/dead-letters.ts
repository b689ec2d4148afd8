import { StatefunError } from '../../shared/errors.ts';
import type { EngineLimits } from './limits.ts';

/** The origin of a dead letter: an ingress record, a message to a function, or an egress record that the outside refused. */
export type DeadLetterKind = 'record' | 'message' | 'egress';

/** A record or message that could not be handled, kept with its reason until it is redriven, dropped or too old. */
export interface DeadLetter {
  readonly id: string;
  readonly kind: DeadLetterKind;
  /** Code of the error, or the name of the error that a handler threw. */
  readonly code: string;
  readonly reason: string;
  /** Class of the thrown error, unless it is an error of the framework. */
  readonly errorClass?: string;
  /** Stack frames of the error and its causes; none for a record that the framework refused. */
  readonly stack?: string;
  /** Time at which it was given up, in milliseconds since the epoch. */
  readonly at: number;
  /** The number of attempts made. */
  readonly attempts: number;
  /** For a `record`: its ingress and its position there. */
  readonly ingress?: {
    readonly name: string;
    readonly partition: string;
    readonly position: string;
    readonly identity: string;
    readonly key?: string;
  };
  /** For a `message`: target and caller as `namespace/name/id`. */
  readonly target?: string;
  readonly caller?: string;
  /** For an `egress` record: the id of its egress. */
  readonly egressId?: string;
  readonly messageId?: string;
  /** For a `record` the bytes that came in; otherwise the envelope, in Protobuf. */
  readonly payload: Uint8Array;
}

/** Keeps the dead letters of an engine, oldest first, limited by age, count and bytes. */
export class DeadLetters {
  readonly #limits: EngineLimits;
  readonly #letters = new Map<string, DeadLetter>();
  #bytes = 0;
  #sequence = 0;

  constructor(limits: EngineLimits) {
    this.#limits = limits;
  }

  restore(letters: readonly DeadLetter[]): void {
    for (const letter of [...letters].sort((a, b) => Number(a.id) - Number(b.id))) {
      this.#insert(letter);
      this.#sequence = Number(letter.id);
    }
  }

  /** Keeps a dead letter. Returns it and the dead letters dropped to stay within the limits. */
  add(letter: Omit<DeadLetter, 'id'>): { added: DeadLetter; dropped: readonly DeadLetter[] } {
    const added = { ...letter, id: String(++this.#sequence) };
    this.#insert(added);
    const dropped: DeadLetter[] = [];
    for (const oldest of this.#letters.values()) {
      if (oldest === added || !this.#mustGo(oldest, letter.at)) break;
      this.#delete(oldest);
      dropped.push(oldest);
    }
    return { added, dropped };
  }

  /** Removes and returns a dead letter. Throws DEAD_LETTER_UNKNOWN. */
  take(id: string): DeadLetter {
    const letter = this.#letters.get(id);
    if (letter === undefined) throw new StatefunError('DEAD_LETTER_UNKNOWN', `there is no dead letter ${id}.`, { facts: { id } });
    this.#delete(letter);
    return letter;
  }

  list(): readonly DeadLetter[] {
    return [...this.#letters.values()];
  }

  get size(): number {
    return this.#letters.size;
  }

  #mustGo(oldest: DeadLetter, nowMs: number): boolean {
    const { deadLettersMax, deadLetterBytesMax, deadLetterAgeMsMax } = this.#limits;
    return this.#letters.size > deadLettersMax || this.#bytes > deadLetterBytesMax || nowMs - oldest.at > deadLetterAgeMsMax;
  }

  #insert(letter: DeadLetter): void {
    this.#letters.set(letter.id, letter);
    this.#bytes += bytesOf(letter);
  }

  #delete(letter: DeadLetter): void {
    this.#letters.delete(letter.id);
    this.#bytes -= bytesOf(letter);
  }
}

function bytesOf({ payload, stack = '' }: DeadLetter): number {
  return payload.byteLength + stack.length;
}

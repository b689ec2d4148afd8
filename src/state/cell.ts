import { formatAddress, type Address } from '../shared/address.ts';
import type { Duration } from '../shared/time/duration.ts';
import { StatefunError } from '../shared/errors.ts';
import type { AttemptTracker } from './attempt-tracker.ts';
import type { StateType } from './state-type.ts';

export type CellKind = 'value' | 'table' | 'list';

/** When a state is removed by itself: a time after it was last written, or after the last message to its address. */
export type Expiration =
  { readonly afterWrite: Duration; readonly afterCall?: undefined } | { readonly afterCall: Duration; readonly afterWrite?: undefined };

export interface CellOptions<T> {
  /** The name the state is kept under. @defaultValue the name of the property; give one before you rename the property. */
  readonly name?: string;
  /** How values are written. @defaultValue JSON */
  readonly type?: StateType<T>;
  /** Not supported yet: refused at start with STATE_OPTION_UNSUPPORTED. */
  readonly expire?: Expiration;
  /** Not supported yet: refused at start with STATE_OPTION_UNSUPPORTED. */
  readonly version?: number;
  /** Not supported yet: refused at start with STATE_OPTION_UNSUPPORTED. */
  readonly migrate?: (value: unknown, version: number) => T;
}

/** What a link needs to know of a slot. */
interface Linked {
  readonly name: string;
  readonly attempts: AttemptTracker;
}

/** Under this key a cell keeps its link. A symbol of the whole process: two copies of the package understand each other's cells. */
export const cellLink: unique symbol = Symbol.for('statefun.cell');

/** What every persisted value, table and list has. */
export interface Cell {
  /** @internal */
  readonly [cellLink]: CellLink<Linked>;
}

/** Connects a cell, an object the user holds, to the slot of one address: once, until the address lets go of it for good. */
export class CellLink<S extends Linked> {
  readonly kind: CellKind;
  readonly options: CellOptions<unknown>;
  #slot: S | undefined;
  /** The slot it was connected to, once the address has let go of it. */
  #ended: S | undefined;

  constructor(kind: CellKind, options: CellOptions<unknown>) {
    this.kind = kind;
    this.options = options;
  }

  /** The slot, while an attempt is open. */
  get open(): S {
    const slot = this.#slot;
    if (slot?.attempts.open === true) return slot;
    const used = slot ?? this.#ended;
    if (used !== undefined) throw attemptEnded(this.kind, used.name, used.attempts.address);
    throw new StatefunError('STATE_NOT_BOUND', `a persisted ${this.kind} was used before it was bound to an address.`);
  }

  connect(slot: S, property: string): void {
    if (this.#slot !== undefined || this.#ended !== undefined) {
      throw new StatefunError('STATE_CELL_SHARED', `the persisted ${this.kind} in "${property}" was bound before.`, {
        facts: { property },
      });
    }
    this.#slot = slot;
  }

  end(): void {
    this.#ended ??= this.#slot;
    this.#slot = undefined;
  }
}

/** Whether a value is a persisted value, table or list, made by this copy of the package or another. */
export function isCell(value: unknown): value is Cell {
  return typeof value === 'object' && value !== null && cellLink in value;
}

export function attemptEnded(kind: CellKind, name: string, address?: Address): StatefunError {
  const where = address === undefined ? '' : ` of ${formatAddress(address)}`;
  const summary = `the persisted ${kind} "${name}"${where} was used while no attempt of it was open.`;
  return new StatefunError('ATTEMPT_ENDED', summary, { facts: { cell: name, address } });
}

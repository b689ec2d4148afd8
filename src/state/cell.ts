import { formatAddress, type Address } from '../shared/address.ts';
import type { Duration } from '../shared/time/duration.ts';
import { StatefunError } from '../shared/errors.ts';
import type { StateType } from './state-type.ts';

/** The kind of a persisted cell. */
export type CellKind = 'value' | 'table' | 'list';

/** When a state is removed by itself: a time after it was last written, or after the last message to its address. */
export type Expiration =
  { readonly afterWrite: Duration; readonly afterCall?: undefined } | { readonly afterCall: Duration; readonly afterWrite?: undefined };

/** Options of a persisted value, table or list. */
export interface CellOptions<T> {
  /** The name under which the state is stored. Set it before you rename the property. @defaultValue the name of the property */
  readonly name?: string;
  /** The type of the values, which decides how they are written. @defaultValue JSON */
  readonly type?: StateType<T>;
  /** Not supported yet: refused at start with STATE_OPTION_UNSUPPORTED. */
  readonly expire?: Expiration;
  /** Not supported yet: refused at start with STATE_OPTION_UNSUPPORTED. */
  readonly version?: number;
  /** Not supported yet: refused at start with STATE_OPTION_UNSUPPORTED. */
  readonly migrate?: (value: unknown, version: number) => T;
}

/** Options of a cell without any. Every instance has new cells, so one object for all of them saves many. */
const noOptions: CellOptions<never> = {};

/** The part of a slot that a link uses. */
export interface Linked {
  readonly name: string;
  readonly attempts: {
    readonly address?: Address | undefined;
    /** Whether an attempt is open. */
    readonly open: boolean;
    /** Number of the instance whose cells can be used. */
    readonly instances: number;
  };
}

/** Key under which a cell keeps its link. The symbol is global, so that two copies of the package can use each other's cells. */
export const cellLink: unique symbol = Symbol.for('statefun.cell');

/** A persisted value, table or list. */
export interface Cell {
  /** @internal */
  readonly [cellLink]: CellLink<Linked>;
}

/** Connects a cell, an object of the application, to the slot of one address. It connects once, and ends for good with its instance. */
export class CellLink<S extends Linked> {
  readonly kind: CellKind;
  readonly options: CellOptions<unknown>;
  #slot: S | undefined = undefined;
  /** Number of the instance that the cell belongs to; undefined for a cell that no instance has. */
  #instance: number | undefined = undefined;

  constructor(kind: CellKind, options: CellOptions<unknown> = noOptions) {
    this.kind = kind;
    this.options = options;
  }

  /** The slot. Throws ATTEMPT_ENDED unless an attempt of the instance is open, and STATE_NOT_BOUND before the link is connected. */
  get open(): S {
    const slot = this.#slot;
    if (slot?.attempts.open === true && (this.#instance === undefined || this.#instance === slot.attempts.instances)) return slot;
    if (slot !== undefined) throw attemptEnded(this.kind, slot.name, slot.attempts.address);
    throw new StatefunError('STATE_NOT_BOUND', `a persisted ${this.kind} was used before it was bound to an address.`);
  }

  /** Whether the link is connected to the slot of this instance. */
  isOf(slot: S, instance: number): boolean {
    return this.#slot === slot && this.#instance === instance;
  }

  /** Connects the link: to the slot of an instance, or, without an instance, for as long as the slot exists. */
  connect(slot: S, property: string, instance?: number): void {
    if (this.#slot !== undefined) {
      throw new StatefunError('STATE_CELL_SHARED', `the persisted ${this.kind} in "${property}" was bound before.`, {
        facts: { property },
      });
    }
    this.#slot = slot;
    this.#instance = instance;
  }
}

/** Returns whether a value is a persisted value, table or list of any copy of the package. */
export function isCell(value: unknown): value is Cell {
  return typeof value === 'object' && value !== null && cellLink in value;
}

export function attemptEnded(kind: CellKind, name: string, address?: Address): StatefunError {
  const where = address === undefined ? '' : ` of ${formatAddress(address)}`;
  const summary = `the persisted ${kind} "${name}"${where} was used while no attempt of it was open.`;
  return new StatefunError('ATTEMPT_ENDED', summary, { facts: { cell: name, address } });
}

// Compiled by the type check, never run: a line marked @ts-expect-error that compiles is reported.
import type { Message, Type } from 'protobufjs';
import { PersistedList } from '../../src/state/persisted-list.ts';
import { PersistedTable } from '../../src/state/persisted-table.ts';
import { PersistedValue } from '../../src/state/persisted-value.ts';
import { Persisted } from '../../src/state/persisted.ts';
import { bytesType, customType, int32Type, int64Type, protobufType, type StateType } from '../../src/state/state-type.ts';

type Equal<A, B> = (<X>() => X extends A ? 1 : 2) extends <X>() => X extends B ? 1 : 2 ? true : false;

/** Compiles only with `true`, so an assertion that is forgotten cannot be one that holds. */
declare function assertType<Holds extends true>(holds?: Holds): void;

declare function changeItems(items: string[]): void;

interface Cart {
  readonly items: readonly string[];
}

/** The shape of a class that protobufjs generates: encode takes the interface, decode answers the class. */
interface IItem {
  id?: string | null;
}
declare class Item implements IItem {
  id: string;
  static encode(message: IItem): { finish(): Uint8Array };
  static decode(reader: Uint8Array, length?: number): Item;
  static verify(message: { [key: string]: unknown }): string | null;
}

export class Example {
  @Persisted() private readonly cart = PersistedValue.of<Cart>();
  @Persisted() readonly prices = PersistedTable.of<number>();
  @Persisted() readonly log = PersistedList.of<string>({ name: 'entries' });
  // @ts-expect-error a symbol cannot name a cell
  @Persisted() readonly [Symbol.iterator] = PersistedValue.of<number>();

  handle(): void {
    assertType<Equal<ReturnType<typeof this.cart.get>, Cart | undefined>>();
    assertType<Equal<ReturnType<typeof this.cart.getOrDefault>, Cart>>();
    assertType<Equal<ReturnType<typeof this.prices.get>, number | undefined>>();
    assertType<Equal<ReturnType<typeof this.prices.entries>, IterableIterator<[string, number]>>>();
    assertType<Equal<ReturnType<typeof this.log.view>, readonly string[]>>();
    this.cart.set(undefined);
    this.cart.update((cart) => ({ items: [...(cart?.items ?? []), 'a'] }));
    // @ts-expect-error the value has another type
    this.cart.set('text');
    // @ts-expect-error keys are strings
    this.prices.set(5, 5);
    // @ts-expect-error an entry is removed, not set to undefined
    this.prices.set('a', undefined);
    // @ts-expect-error the view cannot be changed
    changeItems(this.log.view());
  }
}

// The type of a cell follows from its state type.
assertType<Equal<ReturnType<typeof int32>, PersistedValue<number>>>();
export const int32 = () => PersistedValue.of({ type: int32Type() });
assertType<Equal<ReturnType<typeof int64>, PersistedTable<bigint>>>();
export const int64 = () => PersistedTable.of({ type: int64Type() });
assertType<Equal<ReturnType<typeof bytes>, PersistedList<Uint8Array>>>();
export const bytes = () => PersistedList.of({ type: bytesType() });
assertType<Equal<ReturnType<typeof item>, StateType<Item>>>();
export const item = () => protobufType(Item);
export const reflected = (type: Type): StateType<Message> => protobufType<Message>(type);
assertType<Equal<ReturnType<typeof date>, StateType<Date>>>();
export const date = () => customType({ name: 'date', encode: (value: Date) => value.toISOString(), decode: () => new Date(0) });

// @ts-expect-error the state type is for numbers
PersistedValue.of<string>({ type: int32Type() });
// @ts-expect-error cells are made with of()
new PersistedValue<number>({});
PersistedValue.of<number>({ expire: { afterWrite: '1h' }, version: 2, migrate: (value, version) => Number(value) + version });

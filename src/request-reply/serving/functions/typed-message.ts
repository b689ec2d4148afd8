import type { Address } from '../../../shared/address.ts';
import type { TypedValue } from '../../../shared/typed-value.ts';
import { booleanType, float32Type, float64Type, int32Type, int64Type, stringType, type StateType } from '../../../state/state-type.ts';
import { fromTypedValue, typenameOf } from '../../protocol/typed-values.ts';

/**
 * A message to a served function: a value with the name of its type. `context.send(target, id, message)` sends the same bytes on.
 */
export class TypedMessage implements TypedValue {
  /** The address that handles the message. */
  readonly target: Address;
  readonly typename: string;
  /** Whether the message has a value; runtimes send none without. */
  readonly hasValue: boolean;
  /** The bytes of the value, which must not be changed. */
  readonly value: Uint8Array;

  constructor(target: Address, { typename, hasValue, value }: TypedValue) {
    this.target = target;
    this.typename = typename;
    this.hasValue = hasValue;
    this.value = value;
  }

  is<T>(type: StateType<T>): boolean {
    return this.typename === typenameOf(type);
  }

  /** Returns the value. Throws VALUE_TYPE_MISMATCH for another type, VALUE_MISSING and VALUE_UNREADABLE. */
  as<T>(type: StateType<T>): T {
    return fromTypedValue(type, this);
  }

  isString(): boolean {
    return this.is(stringType());
  }

  asString(): string {
    return this.as(stringType());
  }

  isBoolean(): boolean {
    return this.is(booleanType());
  }

  asBoolean(): boolean {
    return this.as(booleanType());
  }

  isInt(): boolean {
    return this.is(int32Type());
  }

  asInt(): number {
    return this.as(int32Type());
  }

  isLong(): boolean {
    return this.is(int64Type());
  }

  asLong(): bigint {
    return this.as(int64Type());
  }

  isFloat(): boolean {
    return this.is(float32Type());
  }

  asFloat(): number {
    return this.as(float32Type());
  }

  isDouble(): boolean {
    return this.is(float64Type());
  }

  asDouble(): number {
    return this.as(float64Type());
  }
}

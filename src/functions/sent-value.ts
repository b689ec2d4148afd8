import { isFunctionType } from '../shared/address.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import { isTypedValue, type TypedValue } from '../shared/typed-value.ts';

/** Returns a copy of a typed value for sending, so that the sender can reuse its bytes. Throws TYPENAME_INVALID. */
export function toSentValue(given: TypedValue): TypedValue {
  if (isTypedValue(given) && isFunctionType(given.typename)) {
    const { typename, hasValue, value } = given;
    return { typename, hasValue, value: Uint8Array.from(value) };
  }
  const what = isTypedValue(given) ? `a value of type ${describe(given.typename)}` : describe(given);
  throw new StatefunError('TYPENAME_INVALID', `${what} is sent as a typed value.`, {
    hint: 'Make it with typed(type, value) of statefun/serving; a typename is namespace/name.',
  });
}

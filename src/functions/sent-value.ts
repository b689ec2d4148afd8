import { isFunctionType } from '../shared/address.ts';
import { describe, StatefunError } from '../shared/errors.ts';
import { isTypedValue, type TypedValue } from '../shared/typed-value.ts';

/** A typed value as it is sent: a copy, so that the sender may go on with its bytes. Throws TYPENAME_INVALID. */
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

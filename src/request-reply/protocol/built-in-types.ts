import {
  boolCodec,
  doubleCodec,
  floatCodec,
  intCodec,
  longCodec,
  stringCodec,
  type BuiltInCodec,
} from '../../shared/protobuf/built-in-codecs.ts';
import { booleanType, float32Type, float64Type, int32Type, int64Type, stringType, type StateType } from '../../state/state-type.ts';

const builtInTypes = new Map<unknown, BuiltInCodec<unknown>>([
  [booleanType(), boolCodec],
  [int32Type(), intCodec],
  [int64Type(), longCodec],
  [float32Type(), floatCodec],
  [float64Type(), doubleCodec],
  [stringType(), stringCodec],
]);

/** Returns the codec of a type that StateFun has built in; undefined for any other type. */
export function builtInTypeOf<T>(type: StateType<T>): BuiltInCodec<T> | undefined {
  // Safe: the table maps each type to the codec of its values.
  return builtInTypes.get(type) as BuiltInCodec<T> | undefined;
}

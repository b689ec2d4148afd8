/** `statefun/state-types`: how state is written where it is not JSON, and values that functions in other languages know. */
export {
  booleanType,
  bytesType,
  customType,
  float32Type,
  float64Type,
  int32Type,
  int64Type,
  jsonType,
  protobufType,
  stringType,
  type CustomTypeOptions,
  type ProtobufCodec,
  type StateType,
} from './state/state-type.ts';

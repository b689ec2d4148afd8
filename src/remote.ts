/** `statefun/remote`: functions for Apache Flink StateFun, and its request-reply protocol. */
export {
  StatefulFunctions,
  type BindOptions,
  type FailureOptions,
  type FunctionHandler,
  type InvocableFunction,
  type StatefulFunctionsOptions,
} from './remote/functions/stateful-functions.ts';
export type { FunctionContext, Sendable } from './remote/functions/function-context.ts';
export type { StateDeclarations, StateOptions, StorageOf } from './remote/functions/state-declaration.ts';
export { TypedMessage } from './remote/functions/typed-message.ts';
export { fromTypedValue, typed, typenameOf } from './remote/typed-values.ts';
export type { TypedValue } from './shared/typed-value.ts';
export {
  decodeKafkaRecord,
  decodeKinesisRecord,
  kafkaRecord,
  kafkaRecordTypename,
  kinesisRecord,
  kinesisRecordTypename,
  playgroundRecord,
  playgroundRecordTypename,
  type KafkaRecord,
  type KinesisRecord,
  type PlaygroundRecord,
  type RecordValue,
} from './remote/egress-records.ts';

// Serving
export { RequestReplyHandler, type RequestReplyOptions } from './remote/request-reply-handler.ts';
export type { ServedFunction, ServedFunctions } from './remote/served-function.ts';
export { serveFunctions, type FunctionServer, type FunctionServerOptions, type ServerTls } from './remote/http/function-server.ts';
export { requestListener, type RequestListener, type RequestListenerOptions } from './remote/http/request-listener.ts';

// The protocol itself, for tools
export { protocolBytesMax } from './remote/protocol/codec.ts';
export { decodeFromFunction } from './remote/protocol/decode-response.ts';
export { encodeFromFunction } from './remote/protocol/encode-response.ts';
export { decodeToFunction, encodeToFunction } from './remote/protocol/request.ts';
export type {
  AttachedState,
  BatchedMessage,
  BatchResponse,
  BatchResult,
  DelayedCancellation,
  DelayedSend,
  IncompleteContext,
  InvocationBatch,
  OutgoingEgress,
  OutgoingMessage,
  StateExpiration,
  StateMutation,
  StateSpec,
} from './functions/remote-batch.ts';

// Types of state and messages, and the fields of registered objects
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
} from './state/types.ts';
export { PersistedValue } from './state/persisted-value.ts';

/** `statefun/serving`: functions for Apache Flink StateFun, and its request-reply protocol. */
export {
  StatefulFunctions,
  type BindOptions,
  type FailureOptions,
  type FunctionHandler,
  type InvocableFunction,
  type StatefulFunctionsOptions,
} from './request-reply/serving/functions/stateful-functions.ts';
export type { FunctionContext, Sendable } from './request-reply/serving/functions/function-context.ts';
export type { StateDeclarations, StateOptions, StorageOf } from './request-reply/serving/functions/state-declaration.ts';
export { TypedMessage } from './request-reply/serving/functions/typed-message.ts';
export { fromTypedValue, typed, typenameOf } from './request-reply/protocol/typed-values.ts';
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
} from './request-reply/protocol/egress-records.ts';

// Serving
export { RequestReplyHandler, type RequestReplyOptions } from './request-reply/serving/request-reply-handler.ts';
export type { ServedFunction, ServedFunctions } from './request-reply/serving/served-function.ts';
export {
  serveFunctions,
  type FunctionServer,
  type FunctionServerOptions,
  type ServerTls,
} from './request-reply/serving/http/function-server.ts';
export { requestListener, type RequestListener, type RequestListenerOptions } from './request-reply/serving/http/request-listener.ts';

// The protocol itself, for tools
export { protocolBytesMax } from './request-reply/protocol/codec.ts';
export { decodeFromFunction } from './request-reply/protocol/decode-response.ts';
export { encodeFromFunction } from './request-reply/protocol/encode-response.ts';
export { decodeToFunction, encodeToFunction } from './request-reply/protocol/request.ts';
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
} from './functions/remote/invocation-batch.ts';

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
} from './state/state-type.ts';
export { PersistedValue } from './state/persisted-value.ts';

export type { TypedValue } from './shared/typed-value.ts';
export {
  encodeKafkaRecord,
  encodeKinesisRecord,
  decodeKafkaRecord,
  decodeKinesisRecord,
  kafkaRecordTypename,
  kinesisRecordTypename,
  type KafkaRecord,
  type KinesisRecord,
} from './remote/egress-records.ts';
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
} from './remote/protocol/messages.ts';
export { fromTypedValue, toTypedValue, typenameOf } from './remote/typed-values.ts';

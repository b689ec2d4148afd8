import type { ProtobufWriter } from '../../shared/protobuf/writer.ts';
import { eachBackwards, writeMessage } from './codec.ts';
import type {
  BatchResponse,
  BatchResult,
  DelayedCancellation,
  DelayedSend,
  OutgoingEgress,
  OutgoingMessage,
  StateMutation,
  StateSpec,
} from '../../functions/remote/invocation-batch.ts';
import { splitTypename, writeAddress } from './address-codec.ts';
import { writeTypedValue } from './typed-value-codec.ts';

// For field numbers see decode-response.ts and decode-effects.ts.

/** Encodes a response; never to zero bytes, which a runtime reads as a result without effects. Throws PROTOCOL_MESSAGE_TOO_LARGE. */
export function encodeFromFunction(response: BatchResponse): Uint8Array {
  return writeMessage('FromFunction', (writer) => {
    if (response.kind === 'result') writer.message(100, () => writeResult(writer, response));
    else writer.message(101, () => eachBackwards(response.missing, (spec) => writer.message(1, () => writeSpec(writer, spec))));
  });
}

function writeResult(writer: ProtobufWriter, { mutations, messages, delayed, egress }: BatchResult): void {
  eachBackwards(egress, (record) => writer.message(4, () => writeEgress(writer, record)));
  eachBackwards(delayed, (effect) => writer.message(3, () => writeDelayed(writer, effect)));
  eachBackwards(messages, (message) => writer.message(2, () => writeOutgoing(writer, message)));
  eachBackwards(mutations, (mutation) => writer.message(1, () => writeMutation(writer, mutation)));
}

function writeMutation(writer: ProtobufWriter, { name, value }: StateMutation): void {
  if (value !== undefined) writer.message(3, () => writeTypedValue(writer, value));
  writer.text(2, name);
  // DELETE is 0 and therefore not written.
  if (value !== undefined) writer.int64(1, 1);
}

function writeOutgoing(writer: ProtobufWriter, { target, argument }: OutgoingMessage): void {
  writer.message(2, () => writeTypedValue(writer, argument));
  writer.message(1, () => writeAddress(writer, target));
}

function writeDelayed(writer: ProtobufWriter, effect: DelayedSend | DelayedCancellation): void {
  if (effect.cancellationToken !== undefined && effect.cancellationToken !== '') writer.text(11, effect.cancellationToken);
  if (effect.kind === 'cancel') {
    writer.bool(10, true);
    return;
  }
  writer.message(3, () => writeTypedValue(writer, effect.argument));
  writer.message(2, () => writeAddress(writer, effect.target));
  if (effect.delayMs !== 0) writer.int64(1, effect.delayMs);
}

function writeEgress(writer: ProtobufWriter, { egressId, argument }: OutgoingEgress): void {
  const { namespace, name } = splitTypename(egressId);
  writer.message(3, () => writeTypedValue(writer, argument));
  if (name !== '') writer.text(2, name);
  if (namespace !== '') writer.text(1, namespace);
}

function writeSpec(writer: ProtobufWriter, { name, typename, expiration }: StateSpec): void {
  if (typename !== '') writer.text(3, typename);
  if (expiration !== undefined) {
    writer.message(2, () => {
      if (expiration.afterMs !== 0) writer.int64(2, expiration.afterMs);
      writer.int64(1, expiration.after === 'write' ? 1 : 2);
    });
  }
  writer.text(1, name);
}

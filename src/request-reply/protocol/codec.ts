import { StatefunError } from '../../shared/errors.ts';
import { ProtobufError } from '../../shared/protobuf/reader.ts';
import { ProtobufWriter } from '../../shared/protobuf/writer.ts';

/**
 * The largest request or answer, in bytes: what Flink's default transport accepts (`payload_max_bytes`), 32 MiB. A larger answer would be
 * refused by the cluster, time and again.
 */
export const protocolBytesMax = 32 * 1024 * 1024;

/** Reads a message of the protocol; throws PROTOCOL_MESSAGE_UNREADABLE or PROTOCOL_MESSAGE_TOO_LARGE. */
export function readMessage<T>(what: string, bytes: Uint8Array, read: (bytes: Uint8Array) => T): T {
  if (bytes.byteLength > protocolBytesMax) throw tooLarge(what, bytes.byteLength);
  try {
    return read(bytes);
  } catch (cause) {
    if (!(cause instanceof ProtobufError)) throw cause;
    const summary = `${bytes.byteLength} bytes are not a ${what}: ${cause.message}.`;
    throw new StatefunError('PROTOCOL_MESSAGE_UNREADABLE', summary, { facts: { message: what, bytes: bytes.byteLength }, cause });
  }
}

/** Writes a message of the protocol; throws PROTOCOL_MESSAGE_TOO_LARGE. */
export function writeMessage(what: string, write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  write(writer);
  if (writer.byteLength > protocolBytesMax) throw tooLarge(what, writer.byteLength);
  return writer.finish();
}

/** Calls `write` for every item, the last one first: the writer goes backwards. */
export function eachBackwards<T>(items: readonly T[], write: (item: T) => void): void {
  for (let index = items.length - 1; index >= 0; index--) write(items[index] as T); // Safe: the index is within the list.
}

function tooLarge(what: string, bytes: number): StatefunError {
  const summary = `a ${what} of ${bytes} bytes is larger than the ${protocolBytesMax} bytes that a cluster takes.`;
  return new StatefunError('PROTOCOL_MESSAGE_TOO_LARGE', summary, { facts: { message: what, bytes, bytesMax: protocolBytesMax } });
}

import { StatefunError } from '../../shared/errors.ts';
import { ProtobufError } from '../../shared/protobuf/reader.ts';
import { ProtobufWriter } from '../../shared/protobuf/writer.ts';

/**
 * The largest request or response, in bytes: 32 MiB, the limit of Flink's default transport (`payload_max_bytes`). A cluster would refuse a
 * larger response on every attempt.
 */
export const protocolBytesMax = 32 * 1024 * 1024;

/** Reads a message of the protocol. Throws PROTOCOL_MESSAGE_UNREADABLE or PROTOCOL_MESSAGE_TOO_LARGE. */
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

/** Writes a message of the protocol. Throws PROTOCOL_MESSAGE_TOO_LARGE. */
export function writeMessage(what: string, write: (writer: ProtobufWriter) => void): Uint8Array {
  const writer = new ProtobufWriter();
  write(writer);
  if (writer.byteLength > protocolBytesMax) throw tooLarge(what, writer.byteLength);
  return writer.finish();
}

/** Calls `write` for each item, beginning with the last: the writer works backwards. */
export function eachBackwards<T>(items: readonly T[], write: (item: T) => void): void {
  for (let index = items.length - 1; index >= 0; index--) write(items[index] as T); // Safe: the index is within the list.
}

function tooLarge(what: string, bytes: number): StatefunError {
  const summary = `a ${what} of ${bytes} bytes is larger than the ${protocolBytesMax} bytes that a cluster takes.`;
  return new StatefunError('PROTOCOL_MESSAGE_TOO_LARGE', summary, { facts: { message: what, bytes, bytesMax: protocolBytesMax } });
}

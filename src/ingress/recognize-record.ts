import { Envelope } from '../envelope/envelope.ts';
import { StatefunError } from '../shared/errors.ts';

/*
 * First bytes of aggregated and compressed records. Neither JSON in UTF-8 nor a Protobuf envelope begins with them.
 *
 *   aggregate of the Kinesis Producer Library:   F3 89 9A C2 | Protobuf: keys and records | MD5 of the Protobuf, 16 bytes
 */
const aggregateStart = [0xf3, 0x89, 0x9a, 0xc2] as const;

const compressions: readonly (readonly [name: string, start: readonly number[]])[] = [
  ['gzip', [0x1f, 0x8b]],
  ['Zstandard', [0x28, 0xb5, 0x2f, 0xfd]],
  ['zlib', [0x78, 0x9c]],
  ['zlib', [0x78, 0xda]],
  ['zlib', [0x78, 0x01]],
  ['LZ4', [0x04, 0x22, 0x4d, 0x18]],
  ['Snappy', [0xff, 0x06, 0x00, 0x00, 0x73]],
  ['xz', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
];

/** Returns a more precise error for a record that could not be read, if its bytes are recognized; otherwise the same error. */
export function recognizeRecord(data: Uint8Array, format: 'cloudevent' | 'envelope', error: unknown): unknown {
  const facts = { bytes: data.byteLength };
  if (startsWith(data, aggregateStart)) {
    const summary = `a record of ${data.byteLength} bytes is an aggregate of the Kinesis Producer Library: several records in one.`;
    return new StatefunError('RECORD_AGGREGATED', summary, { facts, cause: error });
  }
  const compression = compressions.find(([, start]) => startsWith(data, start))?.[0];
  if (compression !== undefined) {
    const summary = `a record of ${data.byteLength} bytes is compressed with ${compression}.`;
    return new StatefunError('RECORD_COMPRESSED', summary, { facts: { ...facts, compression }, cause: error });
  }
  return recognizeOtherFormat(data, format, error);
}

/** Recognizes records of the other format, a common mistake, so that the error names the format to set. */
function recognizeOtherFormat(data: Uint8Array, format: 'cloudevent' | 'envelope', error: unknown): unknown {
  if (!StatefunError.is(error)) return error;
  const other = format === 'envelope' ? 'cloudevent' : 'envelope';
  try {
    if (other === 'envelope') Envelope.decode(data);
    else Envelope.ofPayload(data);
  } catch {
    // The record has neither format.
    return error;
  }
  const what = other === 'envelope' ? 'a Protobuf envelope' : 'CloudEvents JSON';
  return new StatefunError(error.code, `a record of ${data.byteLength} bytes is ${what}, which the ingress does not expect.`, {
    facts: { ...error.facts, bytes: data.byteLength },
    hint: `Give the ingress format: '${other}'.`,
    cause: error,
  });
}

function startsWith(data: Uint8Array, start: readonly number[]): boolean {
  return start.every((byte, index) => data[index] === byte);
}

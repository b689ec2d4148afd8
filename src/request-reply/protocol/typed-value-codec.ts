import { ProtobufReader } from '../../shared/protobuf/reader.ts';
import type { ProtobufWriter } from '../../shared/protobuf/writer.ts';
import type { TypedValue } from '../../shared/typed-value.ts';

const noBytes = new Uint8Array(0);

export function writeTypedValue(writer: ProtobufWriter, { typename, hasValue, value }: TypedValue): void {
  if (value.byteLength > 0) writer.bytes(3, value);
  if (hasValue) writer.bool(2, true);
  if (typename !== '') writer.text(1, typename);
}

/** Reads a typed value, whose value is a view into the bytes. No bytes are a typed value without type and value. */
export function readTypedValue(bytes: Uint8Array | undefined): TypedValue {
  let typename = '';
  let hasValue = false;
  let value: Uint8Array = noBytes;
  if (bytes === undefined) return { typename, hasValue, value };
  const reader = new ProtobufReader(bytes);
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && reader.isBytes()) typename = reader.text();
    else if (field === 2 && reader.isVarint()) hasValue = reader.bool();
    else if (field === 3 && reader.isBytes()) value = reader.bytes();
  }
  return { typename, hasValue, value };
}

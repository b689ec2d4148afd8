import type { Address } from '../../shared/address.ts';
import type { TypedValue } from '../../shared/typed-value.ts';
import { ProtobufReader } from '../../shared/protobuf/reader.ts';
import type { ProtobufWriter } from '../../shared/protobuf/writer.ts';

// Address and TypedValue, which requests and responses share.

const noBytes = new Uint8Array(0);

/** Splits `namespace/name` in two, as the protocol does. A typename of the official SDKs with several slashes is split at the last. */
export function splitTypename(typename: string): { readonly namespace: string; readonly name: string } {
  const slash = typename.lastIndexOf('/');
  return { namespace: typename.slice(0, Math.max(slash, 0)), name: typename.slice(slash + 1) };
}

export function writeAddress(writer: ProtobufWriter, { type, id }: Address): void {
  const { namespace, name } = splitTypename(type);
  if (id !== '') writer.text(3, id);
  if (name !== '') writer.text(2, name);
  if (namespace !== '') writer.text(1, namespace);
}

/** Reads an address. Returns undefined for one without any field, which some SDKs send for no address. */
export function readAddress(bytes: Uint8Array): Address | undefined {
  const reader = new ProtobufReader(bytes);
  let namespace = '';
  let name = '';
  let id = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 1) namespace = reader.text();
    else if (field === 2) name = reader.text();
    else if (field === 3) id = reader.text();
  }
  return namespace === '' && name === '' && id === '' ? undefined : { type: `${namespace}/${name}`, id };
}

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

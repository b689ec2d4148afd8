import type { Address } from '../../shared/address.ts';
import { ProtobufReader } from '../../shared/protobuf/reader.ts';
import type { ProtobufWriter } from '../../shared/protobuf/writer.ts';

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

import { Envelope } from '../../envelope/envelope.ts';
import { Message } from '../../functions/message.ts';
import type { StateSpec } from '../../functions/remote/invocation-batch.ts';
import { formatAddress, parseAddress } from '../../shared/address.ts';
import type { AttemptFailure } from './attempt-failure.ts';
import type { DeadLetter } from './dead-letters.ts';

/*
 * Entries of the engine in the store, besides the state of addresses (`state/<type>/<id>`):
 *
 *   collection            key            value
 *   messages              sequence       header { target, caller?, attempts?, retryAt?, failure? } + envelope
 *   delayed               sequence       header { target, caller, dueAt, token? } + envelope
 *   outbox-batches        see below      records of an egress; see outbox-batch.ts
 *   outbox-watermarks     egress id      number of the last acknowledged record of the egress
 *   dead-letters          id             header { everything but the payload } + payload
 *   positions/<ingress>   partition      position
 *   requests              see requests.ts
 *   remote-states         function type  the states it declares, in the order they were registered, as JSON
 *
 *   key of a batch:  <egress id>/<slot>; the slot is what follows the last slash
 *
 *   header + body:  | header bytes: u32 little-endian | header: JSON | body |
 */
export const messagesCollection = 'messages';
export const delayedCollection = 'delayed';
export const deadLettersCollection = 'dead-letters';
export const requestsCollection = 'requests';
export const outboxBatchesCollection = 'outbox-batches';
export const outboxWatermarksCollection = 'outbox-watermarks';
export const remoteStatesCollection = 'remote-states';
export const positionsCollection = (ingress: string): string => `positions/${ingress}`;

export function outboxBatchKey(egressId: string, slot: number): string {
  return `${egressId}/${slot}`;
}

export function parseOutboxBatchKey(key: string): { readonly egressId: string; readonly slot: number } {
  const slash = key.lastIndexOf('/');
  return { egressId: key.slice(0, slash), slot: Number(key.slice(slash + 1)) };
}

/** The fields of a stored message besides its envelope. */
export interface MessageHeader {
  readonly target: string;
  readonly caller?: string | undefined;
  readonly attempts?: number | undefined;
  readonly retryAt?: number | undefined;
  /** The failure of the last attempt. */
  readonly failure?: AttemptFailure | undefined;
  readonly dueAt?: number | undefined;
  readonly token?: string | undefined;
}

export function encodeMessage(message: Pick<Message, 'target' | 'caller' | 'envelope'>, extra: Partial<MessageHeader>): Uint8Array {
  const header: MessageHeader = {
    target: formatAddress(message.target),
    caller: message.caller === undefined ? undefined : formatAddress(message.caller),
    ...extra,
  };
  return join(header, message.envelope.encode());
}

export function decodeMessage(value: Uint8Array): { message: Message; header: MessageHeader } {
  const { header, body } = split<MessageHeader>(value);
  const caller = header.caller === undefined ? undefined : parseAddress(header.caller);
  return { message: Message.of({ target: parseAddress(header.target), caller, envelope: Envelope.decodeTrusted(body) }), header };
}

export function encodeDeadLetter({ payload, ...header }: DeadLetter): Uint8Array {
  return join(header, payload);
}

export function decodeDeadLetter(value: Uint8Array): DeadLetter {
  const { header, body } = split<Omit<DeadLetter, 'payload'>>(value);
  return { ...header, payload: body };
}

export function encodeRemoteStates(specs: readonly StateSpec[]): string {
  return JSON.stringify(specs);
}

export function decodeRemoteStates(value: Uint8Array): readonly StateSpec[] {
  // The engine wrote it; JSON leaves out the expiration of a state that has none.
  const stored = JSON.parse(Buffer.from(value).toString()) as readonly Partial<StateSpec>[];
  return stored.map(({ name = '', typename = '', expiration }) => ({ name, typename, expiration }));
}

function join(header: object, body: Uint8Array): Uint8Array {
  const text = Buffer.from(JSON.stringify(header));
  const joined = Buffer.allocUnsafe(4 + text.length + body.length);
  joined.writeUInt32LE(text.length, 0);
  joined.set(text, 4);
  joined.set(body, 4 + text.length);
  return joined;
}

function split<H>(value: Uint8Array): { header: H; body: Uint8Array } {
  const buffer = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const end = 4 + buffer.readUInt32LE(0);
  // The engine wrote it, and the store has verified that these are the bytes that were written.
  return { header: JSON.parse(buffer.toString('utf8', 4, end)) as H, body: buffer.subarray(end) };
}

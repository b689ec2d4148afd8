import type { Address } from '../../shared/address.ts';
import { ProtobufError, ProtobufReader, mergeOccurrences } from '../../shared/protobuf/reader.ts';
import type {
  DelayedCancellation,
  DelayedSend,
  OutgoingEgress,
  OutgoingMessage,
  StateMutation,
} from '../../functions/remote/invocation-batch.ts';
import { readAddress } from './address-codec.ts';
import { readTypedValue } from './typed-value-codec.ts';

/*
 * PersistedValueMutation     1 mutation_type: 0 DELETE, 1 MODIFY     2 state_name     3 state_value: TypedValue
 * Invocation                 1 target: Address     2 argument: TypedValue
 * DelayedInvocation          1 delay_in_ms     2 target: Address     3 argument: TypedValue
 *                           10 is_cancellation_request     11 cancellation_token
 * EgressMessage              1 egress_namespace     2 egress_type     3 argument: TypedValue
 */

/** Reads a state mutation. An unknown kind is an error, as in Flink: guessing would delete state. */
export function readMutation(bytes: Uint8Array): StateMutation {
  const reader = new ProtobufReader(bytes);
  let type = 0;
  let name = '';
  let value: Uint8Array | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && reader.isVarint()) type = reader.int64();
    else if (field === 2 && reader.isBytes()) name = reader.text();
    else if (field === 3 && reader.isBytes()) value = mergeOccurrences(value, reader.bytes());
  }
  if (type !== 0 && type !== 1) throw new ProtobufError(`state "${name}" has a mutation of the unknown type ${type}`);
  return { name, value: type === 0 ? undefined : readTypedValue(value) };
}

export function readOutgoing(bytes: Uint8Array): OutgoingMessage {
  const reader = new ProtobufReader(bytes);
  let target: Uint8Array | undefined;
  let argument: Uint8Array | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 1) target = mergeOccurrences(target, reader.bytes());
    else if (field === 2) argument = mergeOccurrences(argument, reader.bytes());
  }
  return { target: readTarget(target), argument: readTypedValue(argument) };
}

export function readDelayed(bytes: Uint8Array): DelayedSend | DelayedCancellation {
  const reader = new ProtobufReader(bytes);
  let delayMs = 0;
  let target: Uint8Array | undefined;
  let argument: Uint8Array | undefined;
  let cancellation = false;
  let cancellationToken = '';
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && reader.isVarint()) delayMs = reader.int64();
    else if (field === 2 && reader.isBytes()) target = mergeOccurrences(target, reader.bytes());
    else if (field === 3 && reader.isBytes()) argument = mergeOccurrences(argument, reader.bytes());
    else if (field === 10 && reader.isVarint()) cancellation = reader.bool();
    else if (field === 11 && reader.isBytes()) cancellationToken = reader.text();
  }
  if (cancellation) return { kind: 'cancel', cancellationToken };
  const message = { target: readTarget(target), argument: readTypedValue(argument) };
  return { kind: 'send', delayMs, cancellationToken: cancellationToken === '' ? undefined : cancellationToken, ...message };
}

export function readEgress(bytes: Uint8Array): OutgoingEgress {
  const reader = new ProtobufReader(bytes);
  let namespace = '';
  let name = '';
  let argument: Uint8Array | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 1) namespace = reader.text();
    else if (field === 2) name = reader.text();
    else if (field === 3) argument = mergeOccurrences(argument, reader.bytes());
  }
  return { egressId: `${namespace}/${name}`, argument: readTypedValue(argument) };
}

function readTarget(bytes: Uint8Array | undefined): Address {
  const target = bytes === undefined ? undefined : readAddress(bytes);
  if (target === undefined) throw new ProtobufError('a message names no target');
  return target;
}

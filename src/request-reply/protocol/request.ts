import { ProtobufError, ProtobufReader, mergeOccurrences } from '../../shared/protobuf/reader.ts';
import type { ProtobufWriter } from '../../shared/protobuf/writer.ts';
import { eachBackwards, readMessage, writeMessage } from './codec.ts';
import type { AttachedState, BatchedMessage, InvocationBatch } from '../../functions/remote/invocation-batch.ts';
import { readAddress, writeAddress } from './address-codec.ts';
import { readTypedValue, writeTypedValue } from './typed-value-codec.ts';

/*
 * ToFunction               100 invocation
 * InvocationBatchRequest     1 target: Address     2 state: PersistedValue, repeated     3 invocations: Invocation, repeated
 * PersistedValue             1 state_name          2 state_value: TypedValue
 * Invocation                 1 caller: Address     2 argument: TypedValue
 */

/** Encodes a request of the protocol (`ToFunction`). Throws PROTOCOL_MESSAGE_TOO_LARGE. */
export function encodeToFunction(batch: InvocationBatch): Uint8Array {
  return writeMessage('ToFunction', (writer) => {
    writer.message(100, () => {
      eachBackwards(batch.invocations, (invocation) => writer.message(3, () => writeInvocation(writer, invocation)));
      eachBackwards(batch.states, (state) => writer.message(2, () => writeState(writer, state)));
      writer.message(1, () => writeAddress(writer, batch.target));
    });
  });
}

/**
 * Decodes a request of the protocol (`ToFunction`). Values are views into the bytes, which must not change afterwards. Throws
 * PROTOCOL_MESSAGE_UNREADABLE, also for a request without a batch or a target, and PROTOCOL_MESSAGE_TOO_LARGE.
 */
export function decodeToFunction(bytes: Uint8Array): InvocationBatch {
  return readMessage('ToFunction', bytes, readToFunction);
}

function writeInvocation(writer: ProtobufWriter, { caller, argument }: BatchedMessage): void {
  writer.message(2, () => writeTypedValue(writer, argument));
  if (caller !== undefined) writer.message(1, () => writeAddress(writer, caller));
}

function writeState(writer: ProtobufWriter, { name, value }: AttachedState): void {
  if (value !== undefined) writer.message(2, () => writeTypedValue(writer, value));
  writer.text(1, name);
}

function readToFunction(bytes: Uint8Array): InvocationBatch {
  const reader = new ProtobufReader(bytes);
  let invocation: Uint8Array | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 100 && reader.isBytes()) invocation = mergeOccurrences(invocation, reader.bytes());
  }
  if (invocation === undefined) throw new ProtobufError('it has no request');
  return readBatch(invocation);
}

function readBatch(bytes: Uint8Array): InvocationBatch {
  const reader = new ProtobufReader(bytes);
  let address: Uint8Array | undefined;
  const states: AttachedState[] = [];
  const invocations: BatchedMessage[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 1) address = mergeOccurrences(address, reader.bytes());
    else if (field === 2) states.push(readState(reader.bytes()));
    else if (field === 3) invocations.push(readInvocation(reader.bytes()));
  }
  const target = address === undefined ? undefined : readAddress(address);
  if (target === undefined) throw new ProtobufError('it names no target');
  return { target, states, invocations };
}

function readState(bytes: Uint8Array): AttachedState {
  const reader = new ProtobufReader(bytes);
  let name = '';
  let value: Uint8Array | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 1) name = reader.text();
    else if (field === 2) value = mergeOccurrences(value, reader.bytes());
  }
  return { name, value: value === undefined ? undefined : readTypedValue(value) };
}

function readInvocation(bytes: Uint8Array): BatchedMessage {
  const reader = new ProtobufReader(bytes);
  let caller: Uint8Array | undefined;
  let argument: Uint8Array | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 1) caller = mergeOccurrences(caller, reader.bytes());
    else if (field === 2) argument = mergeOccurrences(argument, reader.bytes());
  }
  return { caller: caller === undefined ? undefined : readAddress(caller), argument: readTypedValue(argument) };
}

import { ProtobufReader, mergeOccurrences } from '../../shared/protobuf/reader.ts';
import { readMessage } from './codec.ts';
import type { BatchResponse, BatchResult, IncompleteContext, StateExpiration, StateSpec } from '../../functions/remote/invocation-batch.ts';
import { readEgress, readDelayed, readMutation, readOutgoing } from './decode-effects.ts';

/*
 * FromFunction                  100 invocation_result     101 incomplete_invocation_context
 * InvocationResponse              1 state_mutations         2 outgoing_messages      3 delayed_invocations     4 outgoing_egresses
 * IncompleteInvocationContext     1 missing_values: PersistedValueSpec, repeated
 * PersistedValueSpec              1 state_name              2 expiration_spec        3 type_typename
 * ExpirationSpec                  1 mode                    2 expire_after_millis
 */

/**
 * Decodes a response of the protocol (`FromFunction`). Zero bytes are a result without effects. Values are views into the bytes, which must not
 * change afterwards. Throws PROTOCOL_MESSAGE_UNREADABLE and PROTOCOL_MESSAGE_TOO_LARGE.
 */
export function decodeFromFunction(bytes: Uint8Array): BatchResponse {
  return readMessage('FromFunction', bytes, readFromFunction);
}

function readFromFunction(bytes: Uint8Array): BatchResponse {
  const reader = new ProtobufReader(bytes);
  // The last member of the oneof wins; a repeated member is merged.
  let member = 100;
  let content: Uint8Array | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if ((field !== 100 && field !== 101) || !reader.isBytes()) continue;
    content = mergeOccurrences(field === member ? content : undefined, reader.bytes());
    member = field;
  }
  content ??= new Uint8Array(0);
  return member === 100 ? readResult(content) : readIncomplete(content);
}

function readResult(bytes: Uint8Array): BatchResult {
  const reader = new ProtobufReader(bytes);
  const result = {
    kind: 'result',
    mutations: [] as BatchResult['mutations'][number][],
    messages: [] as BatchResult['messages'][number][],
    delayed: [] as BatchResult['delayed'][number][],
    egress: [] as BatchResult['egress'][number][],
  } as const;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 1) result.mutations.push(readMutation(reader.bytes()));
    else if (field === 2) result.messages.push(readOutgoing(reader.bytes()));
    else if (field === 3) result.delayed.push(readDelayed(reader.bytes()));
    else if (field === 4) result.egress.push(readEgress(reader.bytes()));
  }
  return result;
}

function readIncomplete(bytes: Uint8Array): IncompleteContext {
  const reader = new ProtobufReader(bytes);
  const missing: StateSpec[] = [];
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (field === 1 && reader.isBytes()) missing.push(readSpec(reader.bytes()));
  }
  return { kind: 'incomplete', missing };
}

function readSpec(bytes: Uint8Array): StateSpec {
  const reader = new ProtobufReader(bytes);
  let name = '';
  let typename = '';
  let expiration: Uint8Array | undefined;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isBytes()) continue;
    if (field === 1) name = reader.text();
    else if (field === 2) expiration = mergeOccurrences(expiration, reader.bytes());
    else if (field === 3) typename = reader.text();
  }
  return { name, typename, expiration: expiration === undefined ? undefined : readExpiration(expiration) };
}

/** Reads an expiration. Python and Go write the mode NONE where Java and JavaScript write nothing. An unknown mode is NONE, as in Flink. */
function readExpiration(bytes: Uint8Array): StateExpiration | undefined {
  const reader = new ProtobufReader(bytes);
  let mode = 0;
  let afterMs = 0;
  for (let field = reader.next(); field !== 0; field = reader.next()) {
    if (!reader.isVarint()) continue;
    if (field === 1) mode = reader.int64();
    else if (field === 2) afterMs = reader.int64();
  }
  if (mode === 1) return { after: 'write', afterMs };
  return mode === 2 ? { after: 'invoke', afterMs } : undefined;
}

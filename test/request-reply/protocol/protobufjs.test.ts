import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import protobuf from 'protobufjs';
import { join } from 'node:path';
import { decodeFromFunction } from '../../../src/request-reply/protocol/decode-response.ts';
import { encodeFromFunction } from '../../../src/request-reply/protocol/encode-response.ts';
import type { BatchResult, InvocationBatch, StateSpec } from '../../../src/functions/remote/invocation-batch.ts';
import { decodeToFunction, encodeToFunction } from '../../../src/request-reply/protocol/request.ts';
import { hex } from '../golden.ts';

// The codec is written by hand. Here protobufjs, which is given the .proto file, has to read what it writes and write what it reads.

const root = protobuf.loadSync(join(import.meta.dirname, '..', '..', '..', 'src', 'request-reply', 'protocol', 'request-reply.proto'));
const toFunction = root.lookupType('statefun.remote.ToFunction');
const fromFunction = root.lookupType('statefun.remote.FromFunction');

const text = fc.string({ unit: 'grapheme', maxLength: 40 });
const segment = text.filter((value) => !value.includes('/') && value !== '');
const typename = fc.tuple(segment, segment).map(([namespace, name]) => `${namespace}/${name}`);
const address = fc.record({ type: typename, id: text });
const value = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes));
const typed = fc.record({ typename: text, hasValue: fc.boolean(), value });
const state = fc.record({ name: text, value: fc.option(typed, { nil: undefined }) });
const batch: fc.Arbitrary<InvocationBatch> = fc.record({
  target: address,
  states: fc.array(state, { maxLength: 4 }),
  invocations: fc.array(fc.record({ caller: fc.option(address, { nil: undefined }), argument: typed }), { maxLength: 4 }),
});

const token = text.filter((name) => name !== '');
const delayed = fc.oneof(
  fc.record({ kind: fc.constant('cancel' as const), cancellationToken: token }),
  fc.record({
    kind: fc.constant('send' as const),
    delayMs: fc.maxSafeInteger(),
    cancellationToken: fc.option(token, { nil: undefined }),
    target: address,
    argument: typed,
  }),
);
const result: fc.Arbitrary<BatchResult> = fc.record({
  kind: fc.constant('result' as const),
  mutations: fc.array(state, { maxLength: 4 }),
  messages: fc.array(fc.record({ target: address, argument: typed }), { maxLength: 4 }),
  delayed: fc.array(delayed, { maxLength: 4 }),
  egress: fc.array(fc.record({ egressId: typename, argument: typed }), { maxLength: 4 }),
});
const expiration = fc.record({ after: fc.constantFrom('write' as const, 'invoke' as const), afterMs: fc.maxSafeNat() });
const spec: fc.Arbitrary<StateSpec> = fc.record({ name: text, typename: text, expiration: fc.option(expiration, { nil: undefined }) });
const response = fc.oneof(result, fc.record({ kind: fc.constant('incomplete' as const), missing: fc.array(spec, { maxLength: 4 }) }));

/** What protobufjs makes of bytes, as it writes it again. */
const rewrite = (type: protobuf.Type, bytes: Uint8Array): Uint8Array => type.encode(type.decode(bytes)).finish();

describe('the codec and protobufjs', () => {
  it('write and read the same requests', () => {
    fc.assert(
      fc.property(batch, (message) => {
        const bytes = encodeToFunction(message);
        expect(decodeToFunction(bytes)).toEqual(message);
        expect(decodeToFunction(rewrite(toFunction, bytes))).toEqual(message);
      }),
    );
  });

  it('write and read the same answers', () => {
    fc.assert(
      fc.property(response, (message) => {
        const bytes = encodeFromFunction(message);
        expect(decodeFromFunction(bytes)).toEqual(message);
        expect(decodeFromFunction(rewrite(fromFunction, bytes))).toEqual(message);
      }),
    );
  });

  it('agree on the bytes of a message with every field set', () => {
    const argument = { typename: 'a/b', hasValue: true, value: Buffer.from('v') };
    const wire = { typename: 'a/b', hasValue: true, value: Buffer.from('v') };
    const to = { namespace: 'n', type: 't', id: 'i' };
    const target = { type: 'n/t', id: 'i' };
    const expected = fromFunction.encode(
      fromFunction.fromObject({
        invocationResult: {
          stateMutations: [{ mutationType: 1, stateName: 's', stateValue: wire }],
          outgoingMessages: [{ target: to, argument: wire }],
          delayedInvocations: [{ delayInMs: 5, target: to, argument: wire, cancellationToken: 'c' }],
          outgoingEgresses: [{ egressNamespace: 'e', egressType: 'g', argument: wire }],
        },
      }),
    );
    const bytes = encodeFromFunction({
      kind: 'result',
      mutations: [{ name: 's', value: argument }],
      messages: [{ target, argument }],
      delayed: [{ kind: 'send', delayMs: 5, cancellationToken: 'c', target, argument }],
      egress: [{ egressId: 'e/g', argument }],
    });
    // protobufjs writes the fields in the order of the file, where the token comes first: compared as messages, and by length.
    expect(fromFunction.decode(bytes)).toEqual(fromFunction.decode(expected.finish()));
    expect(bytes.byteLength).toBe(expected.finish().byteLength);
  });

  it('agree on the bytes of a request with every field set', () => {
    const wire = { typename: 'a/b', hasValue: true, value: Buffer.from('v') };
    const to = { namespace: 'n', type: 't', id: 'i' };
    const expected = toFunction.encode(
      toFunction.fromObject({
        invocation: { target: to, state: [{ stateName: 's', stateValue: wire }], invocations: [{ caller: to, argument: wire }] },
      }),
    );
    const target = { type: 'n/t', id: 'i' };
    const bytes = encodeToFunction({ target, states: [{ name: 's', value: wire }], invocations: [{ caller: target, argument: wire }] });
    expect(hex(bytes)).toBe(hex(expected.finish()));
  });
});

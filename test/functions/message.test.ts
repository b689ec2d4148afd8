import { describe, expect, it } from '@jest/globals';
import { Envelope } from '../../src/envelope/envelope.ts';
import { Message } from '../../src/functions/message.ts';

const target = { type: 'shop/cart', id: 'a' };
const content = Envelope.ofPayload('{"specversion":"1.0","id":"1","source":"/s","type":"t","data":{"n":1.0}}', {
  messageId: 'of the received message',
  partitionKey: 'key',
});

describe('Message', () => {
  it('shares the content with other messages of the event, and has an envelope with its own id', () => {
    const [first, second] = [0, 1].map((ordinal) => new Message(target, undefined, content, undefined, 'base', ordinal));
    expect(first?.event).toBe(second?.event);
    expect([first?.messageId, second?.messageId]).toEqual(['base00000000', 'base00000001']);
    expect(second?.envelope.messageId).toBe('base00000001');
    expect([second?.envelope.payload, second?.envelope.partitionKey]).toEqual([content.payload, 'key']);
    expect(second?.envelope).toBe(second?.envelope);
  });

  it('keeps the id of an envelope that was read, such as one of an older version', () => {
    const message = Message.of({ target, caller: undefined, envelope: content });
    expect([message.messageId, message.envelope]).toEqual(['of the received message', content]);
  });

  it('shows a typed value as an event with the id of the message', () => {
    const typed = Envelope.ofTypedValue({ typename: 'demo/value', hasValue: true, value: Buffer.from('x') });
    expect(new Message(target, undefined, typed, undefined, 'base', 7).event.id).toBe('base00000007');
  });
});

import { describe, expect, it } from '@jest/globals';
import type { Activation, PendingMessage } from '../../../src/engine/partition/activation.ts';
import type { Mailboxes } from '../../../src/engine/partition/mailboxes.ts';
import { mailboxes, message, pending } from './pending.ts';

function deliver(boxes: Mailboxes, message: PendingMessage): Activation {
  const activation = boxes.deliver(message);
  if (activation === undefined) throw new Error('nothing handles the message');
  return activation;
}

/** Messages in the order in which they come up, each handled at once. */
function handleAll(boxes: Mailboxes): readonly PendingMessage[] {
  const handled: PendingMessage[] = [];
  for (let first = boxes.first; first?.activation !== undefined; first = boxes.first) {
    handled.push(first);
    boxes.take(first);
    boxes.remove(first.activation, first);
    boxes.release(first.activation);
  }
  return handled;
}

/** Takes the message, which must be the first, for a handler that goes on. */
function run(boxes: Mailboxes, message: PendingMessage): Activation {
  expect(boxes.first).toBe(message);
  boxes.take(message);
  const { activation } = message;
  if (activation === undefined) throw new Error('the message was not delivered');
  activation.status = 'running';
  boxes.block(message);
  return activation;
}

describe('Mailboxes', () => {
  it('pass over an address that runs, and go on with its messages before younger ones once it is released (PARTITION-E5, PARTITION-M2)', () => {
    const boxes = mailboxes();
    const messages = (['a', 'b', 'a', 'c', 'b', 'a'] as const).map((id, index) => pending(id, index + 1));
    const [a1, b2, a3, c4, b5, a6] = messages;
    for (const message of messages) deliver(boxes, message);
    if (a1 === undefined || b2 === undefined || c4 === undefined) throw new Error('there are six');

    const a = run(boxes, a1);
    const b = run(boxes, b2);
    expect(boxes.first).toBe(c4);
    boxes.remove(b, b2);
    boxes.release(b);
    boxes.remove(a, a1);
    boxes.release(a);
    expect(handleAll(boxes)).toEqual([a3, c4, b5, a6]);
    expect([a.mailbox, b.mailbox, boxes.messages, boxes.bytes]).toEqual([undefined, undefined, 0, 0]);
  });

  it('have the released address with the oldest message first, whatever the order of their release (PARTITION-E5)', () => {
    const boxes = mailboxes();
    const messages = (['a', 'b', 'c', 'b', 'a', 'd'] as const).map((id, index) => pending(id, index + 1));
    for (const message of messages) deliver(boxes, message);
    const running = messages.slice(0, 3).map((message) => ({ message, activation: run(boxes, message) }));
    // The others are passed over.
    expect(boxes.first).toBe(messages[5]);

    for (const { message, activation } of [...running].reverse()) {
      boxes.remove(activation, message);
      boxes.release(activation);
    }
    expect(handleAll(boxes).map(({ sequence }) => sequence)).toEqual([4, 5, 6]);
  });

  it('wait for the address whose state is read, although others could go on (PARTITION-E5)', () => {
    const boxes = mailboxes();
    const a = deliver(boxes, pending('a', 1));
    deliver(boxes, pending('b', 2));
    a.status = 'loading';

    expect(boxes.first?.sequence).toBe(1);
  });

  it('keep a failed message at its place until its address is released (PARTITION-E1, PARTITION-M1)', () => {
    const boxes = mailboxes();
    const [failing, other, next] = [pending('a', 1), pending('b', 2), pending('a', 3)];
    for (const message of [failing, other, next]) deliver(boxes, message);
    boxes.take(failing);
    const { activation } = failing;
    if (activation === undefined) throw new Error('the message was not delivered');
    activation.status = 'waiting';
    boxes.block(failing);
    expect(boxes.first).toBe(other);

    boxes.release(activation);
    expect(handleAll(boxes)).toEqual([failing, other, next]);
  });

  it('keep messages of an address that batches in its mailbox, and its turn is that of the oldest', () => {
    const boxes = mailboxes({}, {}, true);
    const messages = (['a', 'b', 'a'] as const).map((id, index) => pending(id, index + 1));
    for (const message of messages) deliver(boxes, message);

    expect([...(messages[0]?.activation?.mailbox ?? [])]).toEqual([messages[0], messages[2]]);
    expect(handleAll(boxes)).toEqual(messages);
  });

  it('return what no commit holds, wherever it waits, and not what was handled (PARTITION-G3)', () => {
    const boxes = mailboxes();
    const [running, passed, handled, queued] = [pending('a', 1), pending('a', 2), pending('b', 3), pending('c', 4)];
    for (const message of [running, passed, handled, queued]) deliver(boxes, message);
    run(boxes, running);
    const b = run(boxes, handled);
    boxes.remove(b, handled);
    expect(boxes.takeUnstored()).toEqual([running, passed, queued]);

    for (const message of [running, passed, queued]) message.stored = true;
    const later = pending('c', 5);
    deliver(boxes, later);
    expect(boxes.takeUnstored()).toEqual([later]);
  });

  it('take messages past the budget, which only says that there is no room (PARTITION-E4)', () => {
    const boxes = mailboxes({ pendingMessagesMax: 2 });
    const rooms = [1, 2, 3].map((sequence) => [deliver(boxes, pending('a', sequence)), boxes.hasRoom][1]);

    expect(rooms).toEqual([true, false, false]);
    expect(boxes.messages).toBe(3);
  });

  it('count the messages of blocked addresses apart, so that they take no room of others', () => {
    const boxes = mailboxes({ pendingMessagesMax: 2 }, {}, true);
    deliver(boxes, pending('a', 1));
    const a = deliver(boxes, pending('a', 2));

    boxes.setBlocked(a, true);
    expect([boxes.hasRoom, boxes.messages]).toEqual([true, 2]);
    boxes.setBlocked(a, false);
    expect([boxes.hasRoom, boxes.messages]).toEqual([false, 2]);
  });

  it.each([true, false])(
    'count nothing once every message is handled or dropped, in the queue or in a mailbox (PARTITION-M3, running: %p)',
    (running) => {
      const boxes = mailboxes();
      const messages = [pending('a', 1), pending('a', 2), pending('a', 3)] as const;
      const [first, second, third] = messages;
      for (const message of messages) deliver(boxes, message);
      const a = running ? run(boxes, first) : deliver(boxes, pending('a', 4));
      // Looking for the next message passes over those of an address that runs.
      expect(boxes.first?.sequence).toBe(running ? undefined : 1);

      boxes.drop(a, new Set([second]));
      expect([...boxes.byAddress()].map(([, waiting]) => waiting.slice(0, 2))).toEqual([[first, third]]);
      if (running) boxes.remove(a, first);
      boxes.release(a);
      handleAll(boxes);
      expect([boxes.messages, boxes.bytes, a.pending, a.mailbox]).toEqual([0, 0, 0, undefined]);
      expect(messages.map(({ handled }) => handled)).toEqual([true, true, true]);
    },
  );

  it('refuse to remove a message that is not the first of its address', () => {
    const boxes = mailboxes();
    const [first, second] = [pending('a', 1), pending('a', 2)];
    deliver(boxes, first);
    deliver(boxes, second);
    const a = run(boxes, first);

    expect(() => boxes.remove(a, second)).toThrow('first of its address');
  });

  it('return nothing for a type that nothing handles', () => {
    expect(mailboxes().deliver(message({ type: 'no/body', id: 'a' }, 1))).toBeUndefined();
  });
});

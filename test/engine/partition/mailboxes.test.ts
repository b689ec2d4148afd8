import { describe, expect, it } from '@jest/globals';
import type { Activation } from '../../../src/engine/partition/activation.ts';
import type { Mailboxes } from '../../../src/engine/partition/mailboxes.ts';
import type { PendingMessage } from '../../../src/engine/partition/pending-message.ts';
import { mailboxes, pending } from './pending.ts';

function deliver(boxes: Mailboxes, message: PendingMessage): Activation {
  const activation = boxes.deliver(message);
  if (activation === undefined) throw new Error('nothing handles the message');
  return activation;
}

/** Ids of the addresses with a message to handle, in the order in which they come up. */
function readyIds({ ready }: Mailboxes): readonly string[] {
  const ids: string[] = [];
  for (let first = ready.first; first !== undefined; first = ready.first) {
    ids.push(first.address.id);
    ready.removeFirst();
  }
  return ids;
}

describe('Mailboxes', () => {
  it('have the address with the oldest message first, whatever the order of delivery (PARTITION-E5)', () => {
    const boxes = mailboxes();
    for (const [id, sequence] of [
      ['b', 3],
      ['a', 1],
      ['c', 2],
      ['a', 4],
    ] as const)
      deliver(boxes, pending(id, sequence));

    expect(readyIds(boxes)).toEqual(['a', 'c', 'b']);
  });

  it('pass over an address that runs, and have it again once it is released', () => {
    const boxes = mailboxes();
    const a = deliver(boxes, pending('a', 1));
    deliver(boxes, pending('b', 2));
    a.status = 'running';

    expect(boxes.ready.first?.address.id).toBe('b');
    boxes.release(a);
    expect(readyIds(boxes)).toEqual(['a', 'b']);
  });

  it('take messages past the budget, which only says that there is no room (PARTITION-E4)', () => {
    const boxes = mailboxes({ pendingMessagesMax: 2 });
    const rooms = [1, 2, 3].map((sequence) => [deliver(boxes, pending('a', sequence)), boxes.hasRoom][1]);

    expect(rooms).toEqual([true, false, false]);
    expect(boxes.messages).toBe(3);
  });

  it('count the messages of blocked addresses apart, so that they take no room of others', () => {
    const boxes = mailboxes({ pendingMessagesMax: 2 });
    deliver(boxes, pending('a', 1));
    const a = deliver(boxes, pending('a', 2));

    boxes.setBlocked(a, true);
    expect([boxes.hasRoom, boxes.messages]).toEqual([true, 2]);
    boxes.setBlocked(a, false);
    expect([boxes.hasRoom, boxes.messages]).toEqual([false, 2]);
  });

  it('count nothing once every message is handled or dropped', () => {
    const boxes = mailboxes();
    const [first, second, third] = [pending('a', 1), pending('a', 2), pending('a', 3)];
    const a = deliver(boxes, first);
    deliver(boxes, second);
    deliver(boxes, third);

    boxes.drop(a, new Set([second]));
    expect([...a.mailbox]).toEqual([first, third]);
    boxes.remove(a, first);
    boxes.remove(a, third);
    expect([boxes.messages, boxes.bytes, a.mailbox.length]).toEqual([0, 0, 0]);
    expect([first.handled, second.handled, third.handled]).toEqual([true, true, true]);
  });

  it('refuse to remove a message that is not the first of its mailbox', () => {
    const boxes = mailboxes();
    const a = deliver(boxes, pending('a', 1));
    const second = pending('a', 2);
    deliver(boxes, second);

    expect(() => boxes.remove(a, second)).toThrow('first of its mailbox');
  });

  it('return nothing for a type that nothing handles', () => {
    const message = pending('a', 1);
    const unknown = { ...message, target: { type: 'no/body', id: 'a' } };

    expect(mailboxes().deliver(unknown)).toBeUndefined();
  });
});

import { beforeEach, describe, expect, it } from '@jest/globals';
import { CommitGroup } from '../../../src/engine/partition/commit-group.ts';
import { DeadLetterIntake } from '../../../src/engine/partition/dead-letter-intake.ts';
import { Deadlines } from '../../../src/engine/partition/deadlines.ts';
import { DelayedMessages } from '../../../src/engine/partition/delayed-messages.ts';
import { defaultLimits } from '../../../src/engine/partition/limits.ts';
import type { Activation, PendingMessage } from '../../../src/engine/partition/activation.ts';
import { Settlement } from '../../../src/engine/partition/settlement.ts';
import type { Attempt } from '../../../src/functions/attempt.ts';
import type { Effects } from '../../../src/functions/effects.ts';
import type { FunctionOptions } from '../../../src/functions/failure-policy.ts';
import { Message } from '../../../src/functions/message.ts';
import type { InvocationHost } from '../../../src/functions/invocation-host.ts';
import { silentLogger } from '../../../src/shared/logger.ts';
import { ManualClock } from '../../../src/shared/time/manual-clock.ts';
import { envelope, mailboxes, pending } from './pending.ts';

const target = { type: 'test/f', id: 'b' };

/** The calls that the settlement makes, in order. */
let done: string[];

beforeEach(() => {
  done = [];
});

function setUp(options: FunctionOptions = {}) {
  const boxes = mailboxes({}, options);
  const group = new CommitGroup();
  const deadlines = new Deadlines();
  const delayed = new DelayedMessages();
  let sequence = 100;
  const settlement = new Settlement({
    host: { logger: silentLogger } as InvocationHost, // it uses nothing else of the host
    mailboxes: boxes,
    delayed,
    deadlines,
    group,
    deadLetters: new DeadLetterIntake({ limits: defaultLimits, clock: new ManualClock(), logger: silentLogger, group }),
    effects: {
      nextSequence: () => ++sequence,
      enqueue: ({ target: to, caller }) => done.push(`enqueue to ${to.id} from ${caller?.id}`),
      egress: (egressId, sent) => done.push(`egress ${egressId} ${sent.messageId}`),
    },
    ports: { stop: (error) => done.push(`stop: ${error.message}`) },
  });
  return { settlement, boxes, group, deadlines, delayed };
}

function deliver({ boxes }: Pick<ReturnType<typeof setUp>, 'boxes'>, message: PendingMessage): Activation {
  const activation = boxes.deliver(message);
  if (activation === undefined) throw new Error('nothing handles the message');
  boxes.take(message);
  return activation;
}

/** An attempt that only records its end. */
function attempt(effects: Partial<Effects> = {}): Attempt {
  const keep = (): Effects => {
    done.push('keep');
    return { messages: [], delayed: [], egressRecords: [], ...effects };
  };
  return { keep, discard: () => done.push('discard') } as unknown as Attempt;
}

describe('Settlement', () => {
  it('applies effects, and removes the message, with the same group (PARTITION-E3)', () => {
    const parts = setUp();
    const message = pending('a', 1);
    message.stored = true;
    const a = deliver(parts, message);

    const effects: Effects = {
      messages: [Message.of({ target, caller: a.address, envelope: envelope('sent') })],
      delayed: [{ kind: 'send', target, envelope: envelope('later'), dueAt: 5_000, token: 'reminder' }],
      egressRecords: [{ egressId: 'test/out', envelope: envelope('out') }],
    };
    parts.settlement.succeeded(a, message, attempt(effects));

    expect(done).toEqual(['keep', 'enqueue to b from a', 'egress test/out out']);
    expect(parts.group.capture().changes.map(({ collection, key }) => `${collection}/${key}`)).toEqual(['messages/1', 'delayed/101']);
    expect([a.status, a.pending, parts.delayed.isPending(a.address, 'reminder')]).toEqual(['idle', 0, true]);
    expect(parts.settlement.attempts).toEqual({ succeeded: 1, failed: 0, skipped: 0 });
  });

  it('leaves a failed message at its place until its next attempt is due', () => {
    const parts = setUp({ retry: { attemptsMax: 3, delay: 100 } });
    const message = pending('a', 1);
    const a = deliver(parts, message);

    parts.settlement.failed(a, message, attempt(), new Error('no'), 1_000);

    expect(done).toEqual(['discard']);
    expect([a.status, a.mailbox?.peek(), message.attempts, message.retryAt]).toEqual(['waiting', message, 1, 1_100]);
    expect(parts.deadlines.nextDueAt).toBe(1_100);
    parts.deadlines.takeDue(1_100)?.act(1_100);
    expect([a.status, parts.boxes.first]).toEqual(['idle', message]);
  });

  it.each([
    ['dead-letter', ['+messages/2', '+dead-letters/1'], 'idle', 1, 0, []],
    ['skip', ['+messages/2'], 'idle', 1, 1, []],
    ['stop', ['+messages/1', '+messages/2'], 'waiting', 2, 0, ['stop: no']],
  ] as const)('gives up a message without attempts by the policy %s', (onFailure, changes, status, left, skipped, stops) => {
    const parts = setUp({ retry: { attemptsMax: 1 }, onFailure });
    const [message, next] = [pending('a', 1), pending('a', 2)];
    for (const each of [message, next]) parts.group.arrived(each);
    const a = deliver(parts, message);
    parts.boxes.deliver(next);

    parts.settlement.failed(a, message, attempt(), new Error('no'), 1_000);

    expect(done).toEqual(['discard', ...stops]);
    expect([a.status, a.pending, parts.settlement.attempts.skipped]).toEqual([status, left, skipped]);
    const captured = parts.group
      .capture(parts.boxes.takeUnstored())
      .changes.map(({ collection, key, value }) => `${value === undefined ? '-' : '+'}${collection}/${key}`);
    expect(captured).toEqual(changes);
  });

  it('takes a delayed message back only where the effects say so, in their order', () => {
    const parts = setUp();
    const message = pending('a', 1);
    const a = deliver(parts, message);
    const send = { kind: 'send', target, envelope: envelope('later'), dueAt: 5_000, token: 't' } as const;

    parts.settlement.succeeded(a, message, attempt({ delayed: [send, { kind: 'cancel', token: 't' }, { ...send, dueAt: 6_000 }] }));

    expect(parts.delayed.list().map(({ dueAt }) => dueAt)).toEqual([6_000]);
  });
});

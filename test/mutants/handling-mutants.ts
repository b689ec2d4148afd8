import { Activation, type Executor, type PendingMessage } from '../../src/engine/partition/activation.ts';
import { AttemptRunner } from '../../src/engine/partition/attempt-runner.ts';
import { Mailboxes } from '../../src/engine/partition/mailboxes.ts';
import { MessageBudget } from '../../src/engine/partition/message-budget.ts';
import { Partition } from '../../src/engine/partition/partition.ts';
import type { Effects } from '../../src/functions/effects.ts';
import { Attempt } from '../../src/functions/attempt.ts';
import { Message } from '../../src/functions/message.ts';
import { formatAddress } from '../../src/shared/address.ts';
import { Queue } from '../../src/shared/queue.ts';
import { AddressState } from '../../src/state/address-state.ts';
import { replaceGetter, replaceMethod, undoAll, type Mutant, type Undo } from './mutant.ts';

/** Mutants of attempts, mailboxes and what is in memory. */
export const handlingMutants: readonly Mutant[] = [
  {
    name: 'sends-swapped',
    breaks: 'two messages of one invocation to one target change places',
    suite: 'simulation',
    apply: () => changeEffects(() => true, swapTwo),
  },
  {
    name: 'ids-repeat',
    breaks: 'all messages of one invocation have the same id',
    suite: 'simulation',
    apply: () =>
      replaceGetter(Message.prototype, 'messageId', function (messageId) {
        return this.idBase ?? messageId();
      }),
  },
  {
    name: 'request-not-applied',
    breaks: 'a subscription that is handled without its event does nothing',
    suite: 'simulation of carts',
    apply: () =>
      replaceMethod(Attempt.prototype, 'start', (start) => {
        return function (this: Attempt) {
          const { message } = this as unknown as { readonly message: Message };
          if (message.request?.action !== 'SUBSCRIBE') return start.call(this);
          Object.assign(message, { request: { ...message.request, action: 'QUERY' } });
          return start.call(this);
        };
      }),
  },
  {
    name: 'retry-drops-messages',
    breaks: 'an attempt that succeeds after a failed one keeps its state, and its messages are dropped',
    suite: 'simulation',
    apply: () =>
      changeEffects(
        ({ attempts }) => attempts > 0,
        ({ egressRecords }) => ({ egressRecords, messages: [], delayed: [] }),
      ),
  },
  {
    name: 'retry-drops-egress',
    breaks: 'an attempt that succeeds after a failed one loses its egress records',
    suite: 'simulation',
    apply: () =>
      changeEffects(
        ({ attempts }) => attempts > 0,
        ({ messages, delayed }) => ({ messages, delayed, egressRecords: [] }),
      ),
  },
  {
    name: 'retry-drops-state',
    breaks: 'an attempt that succeeds after a failed one sends its messages, and its state is dropped',
    suite: 'simulation',
    apply() {
      let retried = false;
      return undoAll(
        replaceMethod(AttemptRunner.prototype, 'start', (start) => {
          return function (this: AttemptRunner, activation: Activation, message: PendingMessage, nowMs: number) {
            retried = message.attempts > 0;
            start.call(this, activation, message, nowMs);
          };
        }),
        replaceMethod(AddressState.prototype, 'keep', (keep) => {
          return function (this: AddressState) {
            if (retried) this.discard();
            else keep.call(this);
          };
        }),
      );
    },
  },
  {
    name: 'failed-state-kept',
    breaks: 'the state a failed attempt has changed stays',
    suite: 'simulation',
    apply: () =>
      replaceMethod(AddressState.prototype, 'discard', () => {
        return function (this: AddressState) {
          this.keep();
        };
      }),
  },
  {
    name: 'failed-messages-sent',
    breaks: 'the messages of a failed attempt are delivered',
    suite: 'simulation',
    apply() {
      const running: { partition?: Partition } = {};
      return undoAll(
        replaceMethod(Partition.prototype, 'advance', (advance) => {
          return function (this: Partition, nowMs: number) {
            running.partition = this;
            advance.call(this, nowMs);
          };
        }),
        replaceMethod(Attempt.prototype, 'discard', (discard) => {
          return function (this: Attempt) {
            discard.call(this);
            for (const message of this.messages) running.partition?.enqueue(message);
          };
        }),
      );
    },
  },
  {
    name: 'two-at-once',
    breaks: 'an address takes its next message while an asynchronous handler runs',
    suite: 'simulation',
    apply: () =>
      replaceMethod(Mailboxes.prototype, 'deliver', (deliver) => {
        return function (this: Mailboxes, message: PendingMessage): Activation | undefined {
          const activation = this.addresses.find(message.target);
          if (activation?.status !== 'running' || activation.executor.batches) return deliver.call(this, message);
          const { executor } = activation;
          // It arrives in the mailbox, and then stands before the message of the running handler.
          const toMailbox = Object.create(executor, { batches: { value: true } }) as Executor;
          Object.assign(activation, { executor: toMailbox });
          deliver.call(this, message);
          Object.assign(activation, { executor });
          const waiting = [...(activation.mailbox ?? [])].filter((pending) => pending !== message);
          activation.mailbox = new Queue();
          for (const pending of [message, ...waiting]) activation.mailbox.push(pending);
          activation.state = undefined;
          this.release(activation);
          return activation;
        };
      }),
  },
  {
    name: 'evicted-before-commit',
    breaks: 'an address leaves memory while its changes are not durable yet',
    suite: 'simulation',
    apply: () =>
      replaceGetter(Activation.prototype, 'evictable', function () {
        return this.status === 'idle' && this.pending === 0;
      }),
  },
  {
    name: 'evicted-address-found',
    breaks: 'a publisher still sends to the address that a subscriber had in memory before it was evicted',
    suite: 'simulation of carts',
    apply: () => replaceMethod(Activation.prototype, 'evicted', () => () => undefined),
  },
  {
    name: 'no-back-pressure',
    breaks: 'records are taken however much is pending',
    suite: 'simulation',
    apply: () => replaceGetter(Mailboxes.prototype, 'hasRoom', () => true),
  },
  {
    name: 'sent-without-limit',
    breaks: 'handlers send however much of what functions have sent is in memory',
    suite: 'simulation of floods',
    apply: () => replaceMethod(MessageBudget.prototype, 'reserve', () => () => undefined),
  },
];

/** Changes what attempts of some messages ask for. */
function changeEffects(of: (message: PendingMessage) => boolean, change: (effects: Effects) => Effects): Undo {
  const chosen = new WeakSet<Attempt>();
  let message: PendingMessage | undefined;
  return undoAll(
    replaceMethod(AttemptRunner.prototype, 'start', (start) => {
      return function (this: AttemptRunner, activation: Activation, started: PendingMessage, nowMs: number) {
        message = started;
        start.call(this, activation, started, nowMs);
      };
    }),
    replaceMethod(Attempt.prototype, 'start', (start) => {
      return function (this: Attempt) {
        if (message !== undefined && of(message)) chosen.add(this);
        return start.call(this);
      };
    }),
    replaceMethod(Attempt.prototype, 'keep', (keep) => {
      return function (this: Attempt) {
        const effects = keep.call(this);
        return chosen.has(this) ? change(effects) : effects;
      };
    }),
  );
}

/** The first two messages to one target in the order they were not sent in. */
function swapTwo(effects: Effects): Effects {
  const messages = [...effects.messages];
  for (const [index, first] of messages.entries()) {
    const other = messages.findIndex(({ target }, at) => at > index && formatAddress(target) === formatAddress(first.target));
    const second = messages[other];
    if (second === undefined) continue;
    messages[index] = second;
    messages[other] = first;
    break;
  }
  const { delayed, egressRecords } = effects;
  return { messages, delayed, egressRecords };
}

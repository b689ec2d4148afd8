import type { Effects } from '../../../functions/effects.ts';
import type { OnFailure } from '../../../functions/failure-policy.ts';
import type { InvocationHost } from '../../../functions/invocation-host.ts';
import type { BatchResult, IncompleteContext } from '../../../functions/remote/invocation-batch.ts';
import type { RemoteFunction } from '../../../functions/remote/remote-function.ts';
import { formatAddress } from '../../../shared/address.ts';
import { assertInvariant, StatefunError, toError } from '../../../shared/errors.ts';
import type { Activation, Executor, PendingMessage, RemoteCall } from '../activation.ts';
import { failureLengthMax, failureOf } from '../attempt-failure.ts';
import type { Deadline } from '../attempt-runner.ts';
import type { CommitGroup } from '../commit-group.ts';
import type { RunWatcher } from '../run.ts';
import type { Mailboxes } from '../mailboxes.ts';
import type { StateEntry } from '../../../state/state-entry.ts';
import { effectsOf } from './remote-effects.ts';
import { isUnavailable, nextCall, retryAt, type RemoteRun } from './remote-run.ts';
import { RemoteState } from './remote-state.ts';
import { endless } from './remote-states.ts';
import type { RemoteTypes } from './remote-types.ts';
import type { TimerQueue } from '../timer-queue.ts';

/** Most responses in a row that request states. One is normal; a second comes when the functions are replaced meanwhile. */
const incompleteAnswersMax = 10;

/** Applies the ends of batches: `Settlement` does. */
export interface BatchOutcomes {
  /** The response has been checked and its state changes applied. */
  answered(activation: Activation, messages: readonly PendingMessage[], effects: Effects): void;
  /** The message is not tried again. A batch of several messages is taken apart first. */
  giveUp(activation: Activation, message: PendingMessage, onFailure: OnFailure, error: Error): void;
  /** Counts a failed call. */
  callFailed(): void;
}

export interface BatchRunnerParts {
  readonly host: InvocationHost;
  readonly types: RemoteTypes;
  readonly mailboxes: Mailboxes;
  readonly deadlines: TimerQueue<Deadline>;
  readonly group: CommitGroup;
  readonly outcomes: BatchOutcomes;
  readonly watcher: RunWatcher<RemoteRun>;
}

/**
 * Calls remote functions. Each attempt has exactly one end: a response, a failure or a time-out.
 *
 * PARTITION-B1. An address has one call at a time; messages that arrive meanwhile are the next batch.
 * PARTITION-B2. A response is checked as a whole before any part of it is applied; a failed attempt leaves no trace.
 * PARTITION-B3. A batch that is given up is tried message by message, so the policy applies only to the messages at fault.
 */
export class BatchRunner implements Executor {
  readonly batches = true;
  readonly #host: InvocationHost;
  readonly #types: RemoteTypes;
  readonly #mailboxes: Mailboxes;
  readonly #deadlines: TimerQueue<Deadline>;
  readonly #group: CommitGroup;
  readonly #outcomes: BatchOutcomes;
  readonly #watcher: RunWatcher<RemoteRun>;
  readonly #runs = new Set<RemoteRun>();
  #started = 0;

  constructor({ host, types, mailboxes, deadlines, group, outcomes, watcher }: BatchRunnerParts) {
    this.#host = host;
    this.#types = types;
    this.#mailboxes = mailboxes;
    this.#deadlines = deadlines;
    this.#group = group;
    this.#outcomes = outcomes;
    this.#watcher = watcher;
  }

  /** The number of calls without a response. */
  get running(): number {
    return this.#runs.size;
  }

  /** The number of attempts since the start. */
  get started(): number {
    return this.#started;
  }

  arrived(activation: Activation): void {
    const { type, policy } = remoteOf(activation);
    const { metrics } = this.#types.ensure(type);
    metrics.received(1);
    metrics.add('numBacklog', 1);
    if (activation.blocked || activation.status === 'idle' || backlogOf(activation) < policy.batchMessagesMax) return;
    this.#mailboxes.setBlocked(activation, true);
    metrics.add('numBlockedAddress', 1);
  }

  load(activation: Activation, entries: readonly StateEntry[]): void {
    activation.remoteState = new RemoteState(this.#types.ensure(activation.address.type).states, entries);
  }

  unreadable(activation: Activation, message: PendingMessage, error: unknown): void {
    this.#outcomes.giveUp(activation, message, remoteOf(activation).policy.onFailure, toError(error));
  }

  /** Tries the call of the address again, or starts one with the waiting messages. */
  start(activation: Activation, _first: PendingMessage, nowMs: number): void {
    const remote = remoteOf(activation);
    const type = this.#types.ensure(remote.type);
    if (!type.states.discovered) {
      if (type.discovering !== undefined) {
        activation.status = 'waiting';
        type.waiting.add(activation);
        return;
      }
      type.discovering = activation;
    }
    activation.recent = true;
    if (activation.call === undefined) {
      activation.call = nextCall(activation, remote.policy.batchMessagesMax);
      type.metrics.add('numBacklog', -activation.call.messages.length);
    }
    this.#attempt(activation, remote, activation.call, nowMs);
  }

  /** Returns false: a running call may have been handled, so it continues. */
  drop(): boolean {
    return false;
  }

  /** Ends an attempt that has a response or has failed. */
  #settled(run: RemoteRun, nowMs: number, failure?: { readonly error: unknown }): void {
    if (run.ended) return;
    this.#end(run, nowMs, failure !== undefined);
    try {
      if (failure !== undefined) throw failure.error;
      assertInvariant(run.answer !== undefined, 'a call that settles has an answer');
      if (run.answer.kind === 'incomplete') this.#incomplete(run, run.answer, nowMs);
      else this.#answered(run, run.answer, nowMs);
    } catch (error) {
      this.#failed(run, error, nowMs);
    }
    this.#discoveryEnded(run.activation);
    this.#unblock(run.activation, run.remote);
  }

  abandon(): void {
    for (const run of this.#runs) {
      run.ended = true;
      run.controller.abort();
    }
    this.#runs.clear();
  }

  #attempt(activation: Activation, remote: RemoteFunction, call: RemoteCall, nowMs: number): void {
    const { remoteState: state } = activation;
    assertInvariant(state !== undefined, 'a function is called only when the state of its address is there');
    const { metrics } = this.#types.ensure(remote.type);
    if (call.budgetEndsAt === undefined) call.budgetEndsAt = nowMs + remote.policy.callBudgetMs;
    else if (call.dueAt !== undefined) call.budgetEndsAt += nowMs - call.dueAt;
    const controller = new AbortController();
    const states = state.attached(nowMs);
    const attached = new Set(states.map(({ name }) => name));
    const base = { activation, remote, call, attached, startedAtMs: nowMs, controller };
    const run: RemoteRun = {
      ...{ kind: 'remote', ...base, timeout: undefined, answer: undefined, ended: false },
      settled: (endMs, failure) => this.#settled(run, endMs, failure),
    };
    run.timeout = this.#deadlines.add({ dueAt: call.budgetEndsAt, cancelled: false, act: (dueMs) => this.#timeOut(run, dueMs) });
    activation.status = 'running';
    this.#runs.add(run);
    this.#started += 1;
    metrics.add('inflightAsyncOps', 1);
    const batch = {
      target: activation.address,
      states,
      invocations: call.messages.map(({ caller, envelope }) => ({ caller, argument: envelope.typedValue })),
    };
    // In an async function, a client that throws counts as one that rejects.
    const settling = (async () => {
      run.answer = await remote.client.call(batch, controller.signal);
    })();
    this.#watcher.watch(run, settling);
  }

  #answered({ activation, call, remote, startedAtMs }: RemoteRun, result: BatchResult, nowMs: number): void {
    const { states, metrics } = this.#types.ensure(remote.type);
    const { remoteState: state, address } = activation;
    assertInvariant(state !== undefined, 'an address that is called has its state');
    const [first] = call.messages;
    const origin = { self: address, firstMessageId: first?.messageId ?? '', receivedAtMs: first?.receivedAtMs };
    const effects = effectsOf(result, { ...origin, states, state, host: this.#host, nowMs });
    states.discovered = true;
    state.apply(result.mutations, startedAtMs, nowMs);
    metrics.sent(effects);
    this.#close(activation);
    this.#outcomes.answered(activation, call.messages, effects);
  }

  #incomplete({ activation, call, remote, attached }: RemoteRun, answer: IncompleteContext, nowMs: number): void {
    const { states } = this.#types.ensure(remote.type);
    call.incompleteAnswers += 1;
    if (call.incompleteAnswers > incompleteAnswersMax) {
      throw endless(remote.type, `asks for states ${call.incompleteAnswers} times in a row`);
    }
    states.register(answer, attached);
    states.discovered = true;
    call.dueAt = nowMs;
    this.#group.registered(states);
    this.#mailboxes.release(activation);
  }

  #failed({ activation, call, remote }: RemoteRun, thrown: unknown, nowMs: number): void {
    const error = toError(thrown);
    call.attempts += 1;
    this.#outcomes.callFailed();
    for (const message of call.messages) message.failure = failureOf(error, failureLengthMax);
    const dueAt = retryAt({ call, remote }, thrown, nowMs);
    this.#log(activation, call, error, dueAt === undefined ? undefined : dueAt - nowMs);
    if (dueAt !== undefined) {
      if (isUnavailable(thrown) && remote.policy.whenUnavailable === 'wait') call.budgetEndsAt = undefined;
      activation.status = 'waiting';
      call.dueAt = dueAt;
      this.#deadlines.add({ dueAt, cancelled: false, act: () => this.#mailboxes.release(activation) });
      return;
    }
    const [only] = call.messages;
    if (call.messages.length === 1 && only !== undefined) {
      only.attempts += call.attempts;
      this.#close(activation);
      this.#outcomes.giveUp(activation, only, remote.policy.onFailure, error);
    } else {
      activation.call = undefined;
      activation.singly = call.messages.length;
      this.#types.ensure(remote.type).metrics.add('numBacklog', activation.singly);
      this.#mailboxes.release(activation);
    }
  }

  #timeOut(run: RemoteRun, nowMs: number): void {
    const where = formatAddress(run.activation.address);
    const summary = `${run.remote.client.description} has not answered for ${where} within ${nowMs - run.startedAtMs} ms.`;
    const error = new StatefunError('REMOTE_CALL_TIMEOUT', summary, { facts: { address: run.activation.address } });
    run.controller.abort(error);
    this.#settled(run, nowMs, { error });
  }

  #end(run: RemoteRun, nowMs: number, failed: boolean): void {
    const { metrics } = this.#types.ensure(run.remote.type);
    run.ended = true;
    if (run.timeout !== undefined) this.#deadlines.cancel(run.timeout);
    this.#runs.delete(run);
    metrics.add('inflightAsyncOps', -1);
    metrics.attempted(nowMs - run.startedAtMs, failed);
  }

  /** Ends the batch. */
  #close(activation: Activation): void {
    activation.call = undefined;
    activation.singly = Math.max(0, activation.singly - 1);
  }

  /** Releases the addresses that wait for the discovery, whatever its result. One of them may discover next. */
  #discoveryEnded(activation: Activation): void {
    const type = this.#types.ensure(activation.address.type);
    if (type.discovering !== activation) return;
    type.discovering = undefined;
    for (const waiting of type.waiting) this.#mailboxes.release(waiting);
    type.waiting.clear();
  }

  #unblock(activation: Activation, { type, policy }: RemoteFunction): void {
    if (!activation.blocked || backlogOf(activation) >= policy.batchMessagesMax) return;
    this.#mailboxes.setBlocked(activation, false);
    this.#types.ensure(type).metrics.add('numBlockedAddress', -1);
  }

  /** Warns once for each call: a warning for every attempt would flood the log while an endpoint is away. */
  #log(activation: Activation, { attempts, messages }: RemoteCall, error: Error, retryInMs: number | undefined): void {
    const level = attempts === 1 || retryInMs === undefined ? 'warn' : 'debug';
    const text = retryInMs === undefined ? 'remote call given up' : 'remote call failed, trying again';
    this.#host.logger[level](text, { address: formatAddress(activation.address), messages: messages.length, attempts, retryInMs, error });
  }
}

/** Returns the number of messages that wait behind the current call. */
function backlogOf({ mailbox, call }: Activation): number {
  return (mailbox?.length ?? 0) - (call?.messages.length ?? 0);
}

function remoteOf({ function: registered }: Activation): RemoteFunction {
  assertInvariant(registered.kind === 'remote', 'calls are for functions of other processes');
  return registered;
}

import { Worker } from 'node:worker_threads';
import { assertInvariant } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { packageFile } from '../../shared/package-folder.ts';
import { fromFailure } from '../../storage/threads/serve-thread.ts';
import type { CheckpointHost } from '../checkpoint-host.ts';
import type { Begun, CheckpointSettings } from '../checkpoint-service.ts';
import type { CheckpointReport, CheckpointSource } from '../checkpointer.ts';
import type { LeaseState } from '../lease.ts';
import {
  receiveFields,
  receiveLease,
  type CheckpointMessage,
  type CheckpointRequest,
  type CheckpointResult,
} from './checkpoint-messages.ts';

export interface CheckpointThreadOptions {
  readonly settings: CheckpointSettings;
  readonly logger: Logger;
  readonly leaseChanged: (state: LeaseState) => void;
  /** Called when the thread has ended by itself: nobody renews the lease any more. */
  readonly failed: (error: Error) => void;
}

interface OpenCall {
  readonly resolve: (result: CheckpointResult) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Lease and checkpoints on a thread of their own, so that reading, hashing and uploading take no time from functions, and a handler that blocks its
 * thread does not end the lease. The thread keeps the process alive only while a call is open.
 */
export class CheckpointThread implements CheckpointHost {
  readonly #options: CheckpointThreadOptions;
  readonly #worker: Worker;
  readonly #open = new Map<number, OpenCall>();
  #calls = 0;
  #ended: Error | undefined;

  constructor(options: CheckpointThreadOptions) {
    this.#options = options;
    const url = packageFile('dist/checkpoints/thread/checkpoint-worker.js');
    this.#worker = new Worker(url, { workerData: options.settings, execArgv: [], name: 'statefun checkpoints' });
    this.#worker.on('message', (message: CheckpointMessage) => this.#take(message));
    this.#worker.on('error', (error: Error) => this.#end(error));
    this.#worker.on('exit', (exitCode) => this.#end(new Error(`the thread of checkpoints ended with exit code ${exitCode}`)));
    this.#worker.unref();
  }

  async begin(): Promise<Begun> {
    const begun = await this.#call({ call: 'begin' });
    assertInvariant(begun !== undefined && 'epoch' in begun, 'the thread of checkpoints says how it began');
    return begun;
  }

  async checkpoint({ identity, commit, segments }: CheckpointSource): Promise<CheckpointReport> {
    const report = await this.#call({ call: 'checkpoint', source: { identity, commit, segments } });
    assertInvariant(report !== undefined && 'id' in report, 'the thread of checkpoints reports a checkpoint');
    return report;
  }

  async renew(): Promise<void> {
    await this.#call({ call: 'renew' });
  }

  async end({ free }: { readonly free: boolean }): Promise<void> {
    if (this.#ended !== undefined) return;
    await this.#call({ call: 'end', free });
    this.#ended = new Error('the checkpoints have ended');
  }

  #call(request: CheckpointRequest): Promise<CheckpointResult> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return new Promise((resolve, reject) => {
      this.#calls += 1;
      this.#open.set(this.#calls, { resolve, reject });
      this.#worker.ref();
      this.#worker.postMessage({ number: this.#calls, request });
    });
  }

  #take(message: CheckpointMessage): void {
    if ('lease' in message) return this.#options.leaseChanged(receiveLease(message.lease));
    if ('text' in message) return this.#options.logger[message.severity](message.text, receiveFields(message.fields));
    const call = this.#open.get(message.number);
    this.#open.delete(message.number);
    if (this.#open.size === 0) this.#worker.unref();
    if ('failure' in message) call?.reject(fromFailure(message.failure));
    else call?.resolve(message.result);
  }

  #end(error: Error): void {
    if (this.#ended !== undefined) return;
    this.#ended = error;
    for (const { reject } of this.#open.values()) reject(error);
    this.#open.clear();
    this.#options.failed(error);
  }
}

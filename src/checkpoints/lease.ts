import { hasCode, StatefunError, toError } from '../shared/errors.ts';
import type { Logger } from '../shared/logger.ts';
import { notOursError } from './checkpoint-manifest.ts';
import { createNonce, encodeLease, leaseKey, parseLease, type LeaseRecord } from './lease-record.ts';
import type { ObjectStorage, ObjectVersion } from './object-storage.ts';
import type { Pacing } from './pacing.ts';
import type { CancelTimer } from '../shared/time/timers.ts';

/** Tries to take the lease before it is left to those who were quicker. */
const takesMax = 5;

/** Share of the lease that its holder does not use: a request that is sent at its end, and clocks that run at different speeds. */
const marginShare = 0.1;

/** Parts of the lease after which it is renewed, and after which a renewal that failed is tried again. */
const renewalShare = 1 / 3;
const retryShare = 1 / 12;

export interface LeaseOptions {
  readonly storage: ObjectStorage;
  readonly application: string;
  readonly leaseMs: number;
  /** The machine and the state folder of this engine. */
  readonly holder: string;
  readonly pacing: Pacing;
  readonly logger: Logger;
  /** Called after every change of {@link LeaseState}. */
  readonly changed?: (state: LeaseState) => void;
}

/** Until when the lease may be used. */
export interface LeaseState {
  /** By the clock that never goes back. */
  readonly untilMs: number;
  /** By the time of day, which passes also while the machine sleeps. */
  readonly untilWallMs: number;
  /** Set when another engine has the lease. It is never held again. */
  readonly lost: StatefunError | undefined;
}

/** A lease that was never held. */
export const noLease: LeaseState = { untilMs: -Infinity, untilWallMs: -Infinity, lost: undefined };

/** Whether the lease may be used now. */
export function isLeased({ untilMs, untilWallMs, lost }: LeaseState, pacing: Pacing): boolean {
  return lost === undefined && pacing.elapsedMs() < untilMs && pacing.wallMs() < untilWallMs;
}

/**
 * The right of one engine to work for an application, kept in the storage of its checkpoints.
 *
 * CHECKPOINT-L1. The holder uses the lease only for its length after the begin of its last renewal, less a margin. Nobody else takes it before its
 *     length has passed after a look at that renewal.
 * CHECKPOINT-L2. Every holder has a higher epoch than all before it. Taking and renewing need the version that was read, so at most one succeeds.
 * CHECKPOINT-L3. A lease that could not be renewed in time is not used until a renewal succeeds, which shows that nobody has taken it.
 */
export class Lease {
  readonly #options: LeaseOptions;
  #state = noLease;
  #held: { readonly record: LeaseRecord; readonly version: string } | undefined;
  /** Renewals whose answers were lost, by nonce, with the times at which they were sent. */
  readonly #unanswered = new Map<string, Sent>();
  #renewing: Promise<void> | undefined;
  #keeping = false;
  #timer: CancelTimer | undefined;

  constructor(options: LeaseOptions) {
    this.#options = options;
  }

  get state(): LeaseState {
    return this.#state;
  }

  get held(): boolean {
    return isLeased(this.#state, this.#options.pacing);
  }

  /**
   * Takes the lease. Waits for its length if an engine of another folder held it and may be alive. Returns the epoch, which is higher than
   * `epochMin`. Throws LEASE_HELD when another engine renews it.
   */
  async acquire(epochMin: number): Promise<number> {
    for (let take = 1; take <= takesMax; take += 1) {
      const free = await this.#whenFree();
      const epoch = Math.max(free?.record.epoch ?? 0, epochMin) + 1;
      const { application, holder, leaseMs, pacing } = this.#options;
      const record = { application, epoch, holder, leaseMs, released: false, nonce: createNonce() };
      try {
        if (await this.#replace(record, free?.version)) return epoch;
      } catch (error) {
        // It may have been taken; the next look shows it.
        if (!hasCode(error, 'CHECKPOINT_STORAGE_FAILED') || take === takesMax) throw error;
        await pacing.sleep(leaseMs * retryShare);
      }
    }
    throw heldError('several other engines took it first');
  }

  /** Renews the lease again and again, until it is released or lost. */
  keep(): void {
    this.#keeping = true;
    this.#arm({ failed: false });
  }

  /** Renews the lease once. Never rejects: an error is logged, and the lease ends by itself. */
  renew(): Promise<void> {
    this.#renewing ??= this.#renew().finally(() => (this.#renewing = undefined));
    return this.#renewing;
  }

  /** Stops renewing the lease. With `free`, another engine may take it at once: nothing of this one is on its way any more. */
  async release({ free }: { readonly free: boolean }): Promise<void> {
    this.#keeping = false;
    this.#timer?.();
    await this.#renewing;
    const held = this.#held;
    this.#change({ ...this.#state, untilMs: -Infinity });
    if (!free || held === undefined || this.#state.lost !== undefined) return;
    try {
      const record = { ...held.record, released: true, nonce: createNonce() };
      await this.#object.replace(encodeLease(record), held.version);
    } catch (error) {
      this.#options.logger.warn('the lease could not be given back; it ends by itself', { error: toError(error) });
    }
  }

  /** @internal Whether its holder has stopped: it said so, or it used the folder that this process has locked. */
  isFree(record: LeaseRecord): boolean {
    return record.released || record.holder === this.#options.holder;
  }

  get #object(): ReturnType<ObjectStorage['versioned']> {
    return this.#options.storage.versioned(leaseKey);
  }

  /** Returns the lease when it can be taken; undefined when nobody ever had it. */
  async #whenFree(): Promise<ReadLease | undefined> {
    const { pacing, logger } = this.#options;
    const found = await this.#read();
    if (found === undefined || this.isFree(found.record)) return found;
    const { leaseMs, epoch } = found.record;
    const freeAtMs = pacing.elapsedMs() + leaseMs;
    logger.info('waiting for the lease of an engine that may be alive', { holder: found.record.holder, epoch, leaseMs });
    for (;;) {
      const leftMs = freeAtMs - pacing.elapsedMs();
      if (leftMs <= 0) return found;
      await pacing.sleep(Math.min(leftMs, leaseMs * renewalShare));
      const now = await this.#read();
      if (now === undefined || this.isFree(now.record)) return now;
      if (now.version !== found.version) throw heldError(now.record.holder, now.record.epoch);
    }
  }

  #arm({ failed }: { readonly failed: boolean }): void {
    if (!this.#keeping || this.#state.lost !== undefined) return;
    const { pacing, leaseMs } = this.#options;
    const sentAtMs = this.#state.untilMs - leaseMs * (1 - marginShare);
    const delayMs = failed ? leaseMs * retryShare : Math.max(0, sentAtMs + leaseMs * renewalShare - pacing.elapsedMs());
    this.#timer = pacing.schedule(delayMs, () => {
      const before = this.#held?.version;
      void this.renew().then(() => this.#arm({ failed: this.#held?.version === before }));
    });
  }

  async #renew(): Promise<void> {
    const held = this.#held;
    if (held === undefined || this.#state.lost !== undefined) return;
    try {
      await this.#replace({ ...held.record, nonce: createNonce() }, held.version);
    } catch (error) {
      this.#options.logger.warn('the lease could not be renewed', { error: toError(error) });
    }
  }

  /** Returns whether the lease is held with this record. Throws when the storage does not say. */
  async #replace(record: LeaseRecord, version: string | undefined): Promise<boolean> {
    const { pacing } = this.#options;
    const sent = { atMs: pacing.elapsedMs(), wallMs: pacing.wallMs(), record };
    this.#unanswered.set(record.nonce, sent);
    const written = await this.#object.replace(encodeLease(record), version);
    if (written !== undefined) return this.#hold(sent, written);
    // Another engine was quicker, or an earlier try of this one took effect and its answer was lost.
    const found = await this.#read();
    const own = found === undefined ? undefined : this.#unanswered.get(found.record.nonce);
    if (found !== undefined && own !== undefined) return this.#hold(own, found.version);
    if (this.#held !== undefined) this.#lose(found?.record);
    return false;
  }

  #hold({ atMs, wallMs, record }: Sent, version: string): boolean {
    this.#unanswered.clear();
    this.#held = { record, version };
    const usableMs = this.#options.leaseMs * (1 - marginShare);
    this.#change({ untilMs: atMs + usableMs, untilWallMs: wallMs + usableMs, lost: undefined });
    return true;
  }

  #lose(record: LeaseRecord | undefined): void {
    const { holder = 'nobody', epoch } = record ?? {};
    const summary = `the lease of ${this.#options.application} is held by ${holder}, in epoch ${epoch ?? 'unknown'}; this engine had epoch ${this.#held?.record.epoch ?? 0}.`;
    this.#change({
      untilMs: -Infinity,
      untilWallMs: -Infinity,
      lost: new StatefunError('LEASE_LOST', summary, { facts: { holder, epoch } }),
    });
  }

  #change(state: LeaseState): void {
    this.#state = state;
    this.#options.changed?.(state);
  }

  async #read(): Promise<ReadLease | undefined> {
    const { storage, application } = this.#options;
    const found: ObjectVersion | undefined = await this.#object.read();
    if (found === undefined) return undefined;
    const record = parseLease(found.bytes, storage.description);
    if (record.application !== application) throw notOursError(storage.description, record.application, application);
    return { record, version: found.version };
  }
}

interface ReadLease {
  readonly record: LeaseRecord;
  readonly version: string;
}

interface Sent {
  readonly atMs: number;
  readonly wallMs: number;
  readonly record: LeaseRecord;
}

function heldError(holder: string, epoch?: number): StatefunError {
  const summary = `another engine works for this application: ${holder}${epoch === undefined ? '' : `, in epoch ${epoch}`}.`;
  return new StatefunError('LEASE_HELD', summary, { facts: { holder, epoch } });
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { assertInvariant, hasCode, toError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { noPressure, planCompaction, type CompactionPlan, type CompactionPressure } from './compaction-plan.ts';
import type { LogWriter } from '../threads/writer.ts';
import type { TrackedSegment, SegmentTable } from '../index/segment-table.ts';
import type { LogIndex } from '../index/log-index.ts';
import type { ListedKeptSegment } from '../segments/manifest.ts';
import type { LogCopier } from '../threads/copier.ts';
import type { LogReader } from '../threads/reader.ts';
import { CopiedEntries } from './copied-entries.ts';

/** Ratio of all entries to the newest ones above which the read rate of a compaction is not limited. */
const spaceFactorUrgent = 1.65;

/** Longest delay between two batches, in milliseconds. A store that is closed waits for a running delay. */
const delayMsMax = 1_000;

export interface CompactionOptions {
  readonly index: LogIndex;
  readonly segments: SegmentTable;
  readonly writer: LogWriter;
  readonly reader: LogReader;
  readonly copier: LogCopier;
  readonly segmentBytesMax: number;
  /** Read rate in bytes per second, while garbage does not pile up. */
  readonly bytesPerSecondMax: number;
  readonly logger: Logger;
  /** Number of durable commits, and the segment to which the next frame is appended. */
  readonly commits: () => number;
  readonly open: () => TrackedSegment;
  /** Makes the store fail. */
  readonly failed: (error: Error) => void;
}

/**
 * Reclaims the space of entries that are not the newest of their key, while commits continue. It runs one plan after another until none is
 * left.
 *
 * STORE-K1. An entry is dropped only when the index has a newer one, or when STORE-P1 allows it. Every entry of the segments is judged.
 * STORE-K2. A segment is removed only when a manifest without it is durable, the index points to none of its entries, and no read uses it.
 */
export class Compaction {
  readonly #options: CompactionOptions;
  #running: Promise<void> | undefined;
  #closing = false;
  #hurried = false;
  #compactions = 0;
  /** Running removals of segment files. */
  readonly #removals = new Set<Promise<void>>();

  constructor(options: CompactionOptions) {
    this.#options = options;
  }

  /** Number of compactions since the store was opened. */
  get compactions(): number {
    return this.#compactions;
  }

  /** Starts a compaction if one is due and none is running. */
  consider(): void {
    if (this.#running === undefined) this.#begin(() => this.#plan(noPressure));
  }

  /** Compacts without delays until no plan is left or `pressure` returns undefined. No commit may run meanwhile. */
  async hurry(pressure: () => CompactionPressure | undefined): Promise<void> {
    await this.settled();
    // Each compaction should make the store smaller. This limit ends a sequence that does not.
    let left = 2 * this.#options.segments.listed.length + 8;
    this.#hurried = true;
    this.#begin(() => {
      const now = left-- > 0 ? pressure() : undefined;
      return now === undefined ? undefined : this.#plan(now);
    });
    await this.settled();
    // The caller needs the space of the removed files.
    await Promise.all(this.#removals);
    this.#hurried = false;
  }

  /** Resolves when no compaction is running. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Abandons a running compaction and starts none from now on. */
  stop(): void {
    this.#closing = true;
  }

  async close(): Promise<void> {
    this.stop();
    await this.settled();
    await this.#options.copier.close();
  }

  #begin(next: () => CompactionPlan | undefined): void {
    const plan = this.#closing ? undefined : next();
    if (plan === undefined) return;
    this.#running = this.#runAll(plan, next).finally(() => (this.#running = undefined));
  }

  #plan(pressure: CompactionPressure): CompactionPlan | undefined {
    const { segments, open, segmentBytesMax } = this.#options;
    const last = open();
    return planCompaction(
      segments.listed.filter((segment) => segment !== last),
      last,
      segmentBytesMax,
      pressure,
    );
  }

  async #runAll(first: CompactionPlan, next: () => CompactionPlan | undefined): Promise<void> {
    try {
      for (let plan: CompactionPlan | undefined = first; plan !== undefined; plan = next()) {
        await this.#run(plan);
        if (this.#closing) return;
      }
    } catch (thrown) {
      const error = toError(thrown);
      await this.#options.copier.abandon().catch(() => undefined);
      if (this.#closing) return;
      if (hasCode(error, 'STORE_CORRUPT') || hasCode(error, 'STATE_FOLDER_CHANGED')) this.#options.failed(error);
      // The segments that it read are unchanged. If the disk is at fault, the next commit fails. The next full segment starts the next try.
      else this.#options.logger.warn('a compaction failed', { error });
    }
  }

  async #run({ sources, tombstonesKeptFrom }: CompactionPlan): Promise<void> {
    const { writer, copier, commits, logger, index, segments } = this.#options;
    const number = await writer.reserveNumber();
    const cleanAt = commits();
    const copied = new CopiedEntries(index, segments, tombstonesKeptFrom);
    await copier.begin({ number, sources: sources.map(({ listed, bytes }) => ({ number: listed.number, bytes })) });
    await this.#copy(copied);
    if (this.#closing) return copier.abandon();
    // An entry that was not judged would be lost with its segment.
    const units = sources.reduce((sum, source) => sum + source.units, 0);
    assertInvariant(copied.judgedUnits === units, 'a compaction judges every entry of the segments it reads');

    const added =
      copied.count === 0 ? [] : [{ kind: 'kept', number, cleanAt, commitMin: copied.commitMin, commitMax: copied.commitMax } as const];
    const bytes = added.length === 0 ? 0 : await copier.finish();
    if (added.length === 0) await copier.abandon();
    await this.#replace(
      sources,
      added.map((listed) => ({ ...listed, bytes })),
      copied,
    );
    this.#compactions += 1;
    const bytesBefore = sources.reduce((sum, source) => sum + source.bytes, 0);
    logger.debug('compacted', { segments: sources.map(({ listed }) => listed.number), bytesBefore, bytesAfter: bytes });
  }

  async #copy(copied: CopiedEntries): Promise<void> {
    const { copier } = this.#options;
    let kept = new Uint8Array(0);
    for (let delayMs = 0; !this.#closing;) {
      const { placed, candidates } = await copier.advance(kept, delayMs);
      copied.placed(placed);
      if (candidates.length === 0) return;
      kept = copied.judge(candidates);
      delayMs = this.#delayMs(copied.batchBytes);
    }
  }

  /** Returns the delay after so many bytes of entries that keeps the read rate. */
  #delayMs(bytes: number): number {
    if (this.#hurried) return 0;
    const { segments, bytesPerSecondMax } = this.#options;
    let units = 0;
    let liveUnits = 0;
    for (const segment of segments.each()) {
      units += segment.units;
      liveUnits += segment.liveUnits;
    }
    return units > spaceFactorUrgent * liveUnits ? 0 : Math.min(delayMsMax, (bytes / bytesPerSecondMax) * 1_000);
  }

  async #replace(sources: readonly TrackedSegment[], added: readonly ListedKeptSegment[], copied: CopiedEntries): Promise<void> {
    const { writer, segments } = this.#options;
    // Before the manifest is written: `add` throws when no ordinal is free, and then nothing has changed.
    const targets = added.map((listed) => segments.add(listed, listed.bytes));
    try {
      await writer.replace({ removed: sources.map(({ listed }) => listed.number), added });
    } catch (error) {
      for (const target of targets) segments.retire(target, () => undefined);
      throw error;
    }
    for (const target of targets) {
      target.units = copied.units;
      target.tombstoneUnits = copied.tombstoneUnits;
      // Commits continue between two batches.
      while (copied.moveBatch(target)) await nextTurn();
    }
    for (const source of sources) segments.retire(source, () => this.#remove(source.listed.number));
  }

  #remove(number: number): void {
    const { reader, copier, logger } = this.#options;
    // A file that cannot be removed is not part of the store. The next start removes it.
    const removed = reader.forget(number).then(() => copier.remove([number]));
    const done = removed
      .catch((error: unknown) => logger.debug('a segment could not be removed', { segment: number, error }))
      .finally(() => this.#removals.delete(done));
    this.#removals.add(done);
  }
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { assertInvariant, hasCode, toError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { noPressure, planCompaction, type CompactionPlan, type CompactionPressure } from './compaction-plan.ts';
import type { LogWriter } from '../threads/writer.ts';
import { placeOf, unitsOf } from '../index/index-slots.ts';
import type { TrackedSegment, SegmentTable } from '../index/segment-table.ts';
import type { LogIndex } from '../index/log-index.ts';
import type { ListedKeptSegment } from '../segments/manifest.ts';
import type { LogCopier } from '../threads/copier.ts';
import type { LogReader } from '../threads/reader.ts';
import { candidateField, candidateWords, removesFlag } from '../segments/segment-copier.ts';

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

/** Copied entries, six numbers each: three hashes, segment and offset of the original, offset of the copy. */
type Moves = Uint32Array;
const moveWords = 6;

/** Progress of a compaction. */
interface Copied {
  readonly number: number;
  readonly moves: Moves[];
  commitMin: number;
  commitMax: number;
  units: number;
  tombstoneUnits: number;
  /** Size of all entries that were judged, in units. */
  judgedUnits: number;
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
    const { writer, copier, commits, logger } = this.#options;
    const number = await writer.reserveNumber();
    const cleanAt = commits();
    const copied: Copied = { number, moves: [], commitMin: Infinity, commitMax: 0, units: 0, tombstoneUnits: 0, judgedUnits: 0 };
    await copier.begin({ number, sources: sources.map(({ listed, bytes }) => ({ number: listed.number, bytes })) });
    await this.#copy(copied, tombstonesKeptFrom);
    if (this.#closing) return copier.abandon();
    // An entry that was not judged would be lost with its segment.
    const units = sources.reduce((sum, source) => sum + source.units, 0);
    assertInvariant(copied.judgedUnits === units, 'a compaction judges every entry of the segments it reads');

    const added =
      copied.moves.length === 0
        ? []
        : [{ kind: 'kept', number, cleanAt, commitMin: copied.commitMin, commitMax: copied.commitMax } as const];
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

  async #copy(copied: Copied, tombstonesKeptFrom: number): Promise<void> {
    const { copier } = this.#options;
    let kept = new Uint8Array(0);
    let judged: Uint32Array = new Uint32Array(0);
    for (let delayMs = 0; !this.#closing;) {
      // The buffer moves to the copier, and its content is needed again below.
      const { placed, candidates } = await copier.advance(kept.slice(), delayMs);
      if (placed.length > 0) copied.moves.push(toMoves(judged, kept, placed));
      if (candidates.length === 0) return;
      kept = this.#judge(candidates, tombstonesKeptFrom, copied);
      judged = candidates;
      delayMs = this.#delayMs(candidates);
    }
  }

  /** Judges the candidates. Returns 1 for each entry to copy, 0 for each to drop. */
  #judge(candidates: Uint32Array, tombstonesKeptFrom: number, copied: Copied): Uint8Array<ArrayBuffer> {
    const { index, segments } = this.#options;
    const kept = new Uint8Array(candidates.length / candidateWords);
    for (let entry = 0; entry < kept.length; entry += 1) {
      const at = (field: number): number => candidates[entry * candidateWords + field] ?? 0;
      const commitHigh = at(candidateField.commitHigh);
      const removes = (commitHigh & removesFlag) !== 0;
      const commit = (commitHigh & ~removesFlag) * 0x1_0000_0000 + at(candidateField.commit);
      const slot = index.find({
        collection: at(candidateField.collection),
        first: at(candidateField.first),
        second: at(candidateField.second),
      });
      const place = slot === 0 ? undefined : index.placeOf(slot);
      const newest = place?.offset === at(candidateField.offset) && segments.at(place.ordinal).listed.number === at(candidateField.segment);
      const units = unitsOf(at(candidateField.bytes));
      copied.judgedUnits += units;
      if (removes ? slot !== 0 || commit < tombstonesKeptFrom : !newest) continue;
      kept[entry] = 1;
      copied.commitMin = Math.min(copied.commitMin, commit);
      copied.commitMax = Math.max(copied.commitMax, commit);
      copied.units += units;
      if (removes) copied.tombstoneUnits += units;
    }
    return kept;
  }

  /** Returns the delay after these entries that keeps the read rate. */
  #delayMs(candidates: Uint32Array): number {
    if (this.#hurried) return 0;
    const { segments, bytesPerSecondMax } = this.#options;
    let bytes = 0;
    for (let offset: number = candidateField.bytes; offset < candidates.length; offset += candidateWords) bytes += candidates[offset] ?? 0;
    let units = 0;
    let liveUnits = 0;
    for (const segment of segments.each()) {
      units += segment.units;
      liveUnits += segment.liveUnits;
    }
    return units > spaceFactorUrgent * liveUnits ? 0 : Math.min(delayMsMax, (bytes / bytesPerSecondMax) * 1_000);
  }

  async #replace(sources: readonly TrackedSegment[], added: readonly ListedKeptSegment[], copied: Copied): Promise<void> {
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
      for (const moves of copied.moves) {
        this.#move(moves, target);
        await nextTurn();
      }
    }
    for (const source of sources) segments.retire(source, () => this.#remove(source.listed.number));
  }

  /** Points the index to the copies of entries that are still the newest of their key. */
  #move(moves: Moves, target: TrackedSegment): void {
    const { index, segments } = this.#options;
    for (let start = 0; start < moves.length; start += moveWords) {
      const at = (field: number): number => moves[start + field] ?? 0;
      const slot = index.find({ collection: at(0), first: at(1), second: at(2) });
      if (slot === 0) continue;
      const place = index.placeOf(slot);
      const source = segments.at(place.ordinal);
      if (place.offset !== at(4) || source.listed.number !== at(3)) continue;
      source.liveUnits -= place.units;
      target.liveUnits += place.units;
      index.move(slot, at(5), placeOf(target.ordinal, place.units));
    }
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

function toMoves(candidates: Uint32Array, kept: Uint8Array, offsets: Uint32Array): Moves {
  const moves = new Uint32Array(offsets.length * moveWords);
  let next = 0;
  for (let entry = 0; entry < kept.length; entry += 1) {
    if (kept[entry] === 0) continue;
    const at = (field: number): number => candidates[entry * candidateWords + field] ?? 0;
    const { collection, first, second, segment, offset } = candidateField;
    moves.set([at(collection), at(first), at(second), at(segment), at(offset), offsets[next] ?? 0], next * moveWords);
    next += 1;
  }
  return moves;
}

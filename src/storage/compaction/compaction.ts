import { setImmediate as nextTurn } from 'node:timers/promises';
import { assertInvariant, hasCode, toError } from '../../shared/errors.ts';
import type { Logger } from '../../shared/logger.ts';
import { noPressure, planCompaction, type CompactionPlan, type CompactionPressure } from './compaction-plan.ts';
import type { LogWriter } from '../threads/writer.ts';
import { unitsOf } from '../index/index-slots.ts';
import type { TrackedSegment, SegmentTable } from '../index/segment-table.ts';
import type { LogIndex } from '../index/log-index.ts';
import type { ListedKeptSegment } from '../segments/manifest.ts';
import type { LogCopier } from '../threads/copier.ts';
import type { LogReader } from '../threads/reader.ts';
import { candidateField, candidateWords, removesFlag } from '../segments/segment-copier.ts';

/** Above this, garbage grows faster than it is collected, and the budget does not count. */
const spaceFactorUrgent = 1.65;

/** A store that is closed waits for the delay under way, at most this long, in milliseconds. */
const delayMsMax = 1_000;

export interface CompactionOptions {
  readonly index: LogIndex;
  readonly segments: SegmentTable;
  readonly writer: LogWriter;
  readonly reader: LogReader;
  readonly copier: LogCopier;
  readonly segmentBytesMax: number;
  /** Bytes read from segments a second, while garbage does not pile up. */
  readonly bytesPerSecondMax: number;
  readonly logger: Logger;
  /** Commits that are durable, and the segment that takes the next one. */
  readonly commits: () => number;
  readonly open: () => TrackedSegment;
  /** The store cannot go on. */
  readonly failed: (error: Error) => void;
}

/** Entries that were copied, six numbers each: their three hashes, the segment and offset they were at, and the offset of the copy. */
type Moves = Uint32Array;
const moveWords = 6;

/** What a compaction has copied so far. */
interface Copied {
  readonly number: number;
  readonly moves: Moves[];
  commitMin: number;
  commitMax: number;
  units: number;
  tombstoneUnits: number;
  /** Of all entries that were judged. */
  judgedUnits: number;
}

/**
 * Gives back the space of entries that are not the newest of their key, while commits go on: one plan after the other, as long as there is
 * one.
 *
 * STORE-K1. An entry is left out only when the index names a newer one, or STORE-P1 allows it; every entry of the segments is looked at.
 * STORE-K2. Segments are removed when a manifest without them is durable, the index names none of their entries, and nobody reads them.
 */
export class Compaction {
  readonly #options: CompactionOptions;
  #running: Promise<void> | undefined;
  #closing = false;
  #hurried = false;
  #compactions = 0;
  /** Files that are being removed. */
  readonly #removals = new Set<Promise<void>>();

  constructor(options: CompactionOptions) {
    this.#options = options;
  }

  /** Compactions since the start. */
  get compactions(): number {
    return this.#compactions;
  }

  /** Begins a compaction if one is due and none is under way. */
  consider(): void {
    if (this.#running === undefined) this.#begin(() => this.#plan(noPressure));
  }

  /** Compacts under this pressure, without delays, until nothing is left to do or it is undefined; nobody commits meanwhile. */
  async hurry(pressure: () => CompactionPressure | undefined): Promise<void> {
    await this.settled();
    // Each compaction makes something smaller; this holds for one that does not.
    let left = 2 * this.#options.segments.listed.length + 8;
    this.#hurried = true;
    this.#begin(() => {
      const now = left-- > 0 ? pressure() : undefined;
      return now === undefined ? undefined : this.#plan(now);
    });
    await this.settled();
    // Whoever asked wants their space.
    await Promise.all(this.#removals);
    this.#hurried = false;
  }

  /** Resolves when none is under way. */
  async settled(): Promise<void> {
    while (this.#running !== undefined) await this.#running;
  }

  /** Abandons the one under way, and begins none any more. */
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
      // The segments it read are as they were. Whether the disk is at fault, commits will show; the next full segment is the next try.
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
    // What was not shown would be gone with its segment.
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
      // The copier takes the bytes away; what they say is needed once more.
      const { placed, candidates } = await copier.advance(kept.slice(), delayMs);
      if (placed.length > 0) copied.moves.push(toMoves(judged, kept, placed));
      if (candidates.length === 0) return;
      kept = this.#judge(candidates, tombstonesKeptFrom, copied);
      judged = candidates;
      delayMs = this.#delayMs(candidates);
    }
  }

  /** Which entries go on: 1 for each that does. */
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

  /** What the budget asks to wait after these entries. */
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
    // Before the manifest: where there is no room for one more segment, everything stays as it is.
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

  /** Keys whose newest entry is still the one that was copied are told where the copy is. */
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
      index.move(slot, { ordinal: target.ordinal, offset: at(5), units: place.units });
    }
  }

  #remove(number: number): void {
    const { reader, copier, logger } = this.#options;
    // A file that stays is no part of the store, and goes at the next start.
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

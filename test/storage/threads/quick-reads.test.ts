import { describe, expect, it } from '@jest/globals';
import { entryHeaderBytes } from '../../../src/storage/format/entry-format.ts';
import { frameHeaderBytes } from '../../../src/storage/format/frame-format.ts';
import { checksumSeedOf, segmentHeaderBytes } from '../../../src/storage/format/segment-format.ts';
import { QuickReads } from '../../../src/storage/threads/quick-reads.ts';
import { segmentsFolder, storeId, writeLog } from '../log-fixture.ts';

/** Reads of the one entry of a log, on a disk that takes as long as the test says. */
class QuickBed {
  readMs = 0;
  #nowMs = 0;
  readonly #reads: QuickReads;

  constructor() {
    const disk = writeLog([[{ collection: 'c', key: 'k', value: 'v' }]]);
    const readSync = disk.readSync.bind(disk);
    disk.readSync = (...given) => {
      this.#nowMs += this.readMs;
      return readSync(...given);
    };
    this.#reads = new QuickReads({ segmentsFolder, checksumSeed: checksumSeedOf(storeId) }, disk, () => this.#nowMs);
  }

  /** Whether the entry is read on the calling thread. */
  read(): boolean {
    const spans = new Uint32Array(2);
    const failures = this.#reads.read(Uint32Array.of(1, segmentHeaderBytes + frameHeaderBytes, 128), Buffer.alloc(128), spans);
    if (failures === undefined) return false;
    expect({ failures, spans: [...spans] }).toEqual({ failures: [], spans: [0, entryHeaderBytes + 3] });
    return true;
  }

  /** Number of reads that are passed on before the next one that is not. */
  passedOn(): number {
    let count = 0;
    while (!this.read()) count += 1;
    return count;
  }
}

describe('reads on the calling thread', () => {
  it('go on as long as they are fast', () => {
    const bed = new QuickBed();
    for (let count = 0; count < 1_000; count += 1) expect(bed.read()).toBe(true);
  });

  it('are tried less and less often while the disk is slow, and go on when it is not', () => {
    const bed = new QuickBed();
    bed.readMs = 5;
    expect(bed.read()).toBe(true);
    expect(Array.from({ length: 10 }, () => bed.passedOn())).toEqual([32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 8_192]);
    bed.readMs = 0;
    expect(bed.passedOn()).toBe(8_192);
    expect(bed.passedOn()).toBe(0);
    bed.readMs = 5;
    expect(bed.passedOn()).toBe(0);
    expect(bed.passedOn()).toBe(32);
  });
});

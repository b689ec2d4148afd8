import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { RoundSettings } from '../../crash/child-protocol.ts';
import { compare } from '../../crash/compare.ts';
import { planKill, runOnce } from '../../crash/kill.ts';
import { modelOf, type EgressLine, type Outcome } from '../../crash/model.ts';
import { SeededRandom } from 'statefun/testing';
import { workloadLines } from '../../crash/workload.ts';

export interface LostDiskOptions {
  readonly parent: string;
  readonly number: number;
  readonly seed: number;
  readonly events: number;
  /** Settings that name the place of the checkpoints, for a round. */
  readonly place: (round: string) => readonly string[];
}

export interface LostDiskReport {
  readonly losses: number;
  readonly problems: readonly string[];
}

/** A process is killed at most this long after it started to work, in milliseconds: long enough for a checkpoint. */
const workMsMax = 1_500;
const lossesMax = 6;

/**
 * Runs a workload whose state folder is removed again and again: the process is killed, or stops, then its disk is gone, and the next one goes on
 * from the newest checkpoint. What comes in is read again from the position in it. The end must be that of the model. Egress records may leave more
 * than once, each time under the same id with the same content.
 */
export async function runLostDisk({ parent, number, seed, events, place }: LostDiskOptions): Promise<LostDiskReport> {
  const random = new SeededRandom(seed * 7_919 + number);
  const lines = workloadLines(random, events);
  const expected = modelOf(lines);
  const folder = join(parent, `lost-disk-${number}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'events.jsonl'), lines.map((line) => `${line}\n`).join(''));
  const settings = settingsFrom(random, expected.delayed, place(`lost-disk-${seed}-${number}`));
  writeFileSync(join(folder, 'round.json'), JSON.stringify(settings, null, 2));
  const problems: string[] = [];
  let losses = 0;
  try {
    for (let done = false; !done;) {
      const kill = planKill(random, workMsMax);
      const { end } = await runOnce(folder, losses < lossesMax ? kill : undefined);
      done = end === 'done';
      if (done || random.next() < 0.2) continue;
      rmSync(join(folder, 'state'), { recursive: true, force: true });
      losses += 1;
    }
    problems.push(...compare(expected, readOutcome(folder)));
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  if (problems.length === 0) rmSync(folder, { recursive: true, force: true });
  return { losses, problems };
}

function settingsFrom(random: SeededRandom, delayedAtTheEnd: number, place: readonly string[]): RoundSettings {
  return {
    delayedAtTheEnd,
    segmentBytesMax: random.oneOf([16, 64, 1_024]) * 1_024,
    compactionBytesPerSecondMax: random.oneOf([1, 64]) * 1_024 * 1_024,
    limits: {
      liveAddressesMax: 1 + random.below(60),
      commitInterval: random.oneOf([0, 2, 10]),
      commitInvocationsMax: random.oneOf([20, 500]),
      pendingMessagesMax: random.oneOf([5, 100, 1_000]),
      outboxRecordsMax: random.oneOf([10, 2_000]),
    },
    // A killed process held the lease in a folder that is gone, so the next one waits for its end.
    settings: [...place, 'checkpoints.interval=1s', 'checkpoints.lease=1s', `checkpoints.keep=${1 + random.below(3)}`],
  };
}

function readOutcome(folder: string): Outcome {
  const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Omit<Outcome, 'egress'>; // the child wrote it
  const lines = readFileSync(join(folder, 'egress.jsonl'), 'utf8').trimEnd().split('\n');
  const egress = lines.map((line): EgressLine => {
    const { id, source, type, data } = JSON.parse(line) as EgressLine; // the egress wrote it
    return { id, source, type, data };
  });
  const once = new Map(egress.map((line) => [JSON.stringify(line), line]));
  return { ...result, egress: [...once.values()] };
}

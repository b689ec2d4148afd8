import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { SeededRandom } from 'statefun/testing';
import type { RoundSettings } from './child-protocol.ts';
import { compare } from './compare.ts';
import { planKill, runOnce, type Phase } from './kill.ts';
import { modelOf, type EgressLine, type Outcome } from './model.ts';
import { verifyFolder } from './verify.ts';
import { workloadLines } from './workload.ts';

export interface RoundOptions {
  /** Holds a folder for each round. */
  readonly parent: string;
  readonly number: number;
  readonly seed: number;
  readonly events: number;
  /** Asked before every process: whether it is to be killed. */
  readonly mayKill: () => boolean;
  /** Told of every death. */
  readonly killed: (phase: Phase) => void;
}

export interface RoundReport {
  readonly folder: string;
  readonly kills: number;
  readonly stops: number;
  readonly settings: RoundSettings;
  /** Segment files that were written, and how many of those that are left at the end come from compactions. */
  readonly segments: { readonly written: number; readonly kept: number };
  /** Empty when the round ended as the model says. */
  readonly problems: readonly string[];
}

/** A process is killed at most this long after it started to work, in milliseconds. */
const workMsMax = 200;

/** How many of the processes are looked at with `statefun state verify`, while they run or when they are dead: each look takes as long as a life. */
const verifiedShare = 0.1;

/** More deaths say little about one folder: the next round has other limits, and other events. */
const killsMax = 40;

/** Runs one workload in a folder of its own, killing the process again and again until it has done everything; compares with the model. */
export async function runRound(options: RoundOptions): Promise<RoundReport> {
  // Every round has a source of its own: it is the same whatever the rounds beside it do.
  const random = new SeededRandom(options.seed * 7_919 + options.number);
  const lines = workloadLines(random, options.events);
  const expected = modelOf(lines);
  const settings = settingsFrom(random, expected.delayed);
  const folder = join(options.parent, `round-${options.number}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'events.jsonl'), lines.map((line) => `${line}\n`).join(''));
  writeFileSync(join(folder, 'round.json'), JSON.stringify(settings, null, 2));
  let [kills, stops] = [0, 0];
  const problems: string[] = [];
  try {
    for (let done = false; !done;) {
      const kill = planKill(random, workMsMax);
      const [verifiedWhileRunning, verifiedDead] = [random.next() < verifiedShare, random.next() < verifiedShare];
      const running = runOnce(folder, kills < killsMax && options.mayKill() ? kill : undefined);
      const verifying = verifiedWhileRunning ? verifyFolder(folder) : Promise.resolve([]);
      const end = await running;
      problems.push(...(await verifying), ...(verifiedDead ? await verifyFolder(folder) : []));
      done = end.end === 'done';
      if (end.end === 'stopped') stops += 1;
      if (end.end !== 'killed') continue;
      kills += 1;
      options.killed(end.phase);
    }
    problems.push(...compare(expected, readOutcome(folder)), ...(await verifyFolder(folder)));
  } catch (error) {
    problems.push(error instanceof Error ? error.message : String(error));
  }
  const segments = readSegments(folder);
  if (problems.length === 0) rmSync(folder, { recursive: true, force: true });
  else writeFileSync(join(folder, 'expected.json'), JSON.stringify(expected));
  return { folder, kills, stops, settings, segments, problems };
}

/**
 * Limits far below those of a real engine, other ones in every round: segments that roll every few commits, addresses that are read from the
 * log again and again, messages that wait, commits of one invocation and of hundreds.
 */
function settingsFrom(random: SeededRandom, delayedAtTheEnd: number): RoundSettings {
  return {
    delayedAtTheEnd,
    segmentBytesMax: random.oneOf([8, 16, 64, 256, 1_024]) * 1_024,
    // The least makes compactions last, so that processes die in the middle of them.
    compactionBytesPerSecondMax: random.oneOf([1, 64]) * 1_024 * 1_024,
    limits: {
      liveAddressesMax: 1 + random.below(60),
      commitInterval: random.oneOf([0, 2, 10]),
      commitInvocationsMax: random.oneOf([1, 20, 500]),
      commitBytesMax: random.oneOf([64 * 1_024, 8 * 1_024 * 1_024]),
      pendingMessagesMax: random.oneOf([5, 100, 1_000]),
      ingressRecordsMax: random.oneOf([10, 300]),
      outboxRecordsMax: random.oneOf([10, 2_000]),
    },
  };
}

function readOutcome(folder: string): Outcome {
  const result = JSON.parse(readFileSync(join(folder, 'result.json'), 'utf8')) as Omit<Outcome, 'egress'>; // the child wrote it
  const lines = readFileSync(join(folder, 'egress.jsonl'), 'utf8').trimEnd().split('\n');
  const egress = lines.map((line): EgressLine => {
    const { id, source, type, data } = JSON.parse(line) as EgressLine; // the egress wrote it
    return { id, source, type, data };
  });
  return { ...result, egress };
}

function readSegments(folder: string): RoundReport['segments'] {
  const path = join(folder, 'state', 'manifest.json');
  if (!existsSync(path)) return { written: 0, kept: 0 };
  const manifest = JSON.parse(readFileSync(path, 'utf8')) as { nextNumber: number; segments: { kind: string }[] }; // the store wrote it
  return { written: manifest.nextNumber - 1, kept: manifest.segments.filter(({ kind }) => kind === 'kept').length };
}

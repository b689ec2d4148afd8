/*
 * The process that is killed: runs the workload of a folder until everything is done, then writes what it ended with.
 *
 *   fork(child.js, [folder])      the folder holds events.jsonl and round.json; egress.jsonl, state/ and result.json are written
 *
 * It tells `opening` when it begins to open the store and `started` when every ingress reads. Asked to `stop`, it stops gracefully and exits
 * with code 3.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineApplication, fileEgress, fileIngress, runApplication, type RunningApplication } from 'statefun';
import { stoppedExitCode, type RoundSettings } from './child-protocol.ts';
import { ledgerModule, receiptsEgress } from './ledger.ts';
import { ingressName, type Outcome } from './model.ts';
import { accounts, banks, clocks, fragiles, rates, watchers } from './workload.ts';

/** An engine in which nothing has happened for this long is done, even if it has not come to the end that is expected. */
const idleMsMax = 4_000;

const addresses = [
  ...accounts.map((id) => ({ type: 'ledger/account', id })),
  ...banks.map((id) => ({ type: 'ledger/bank', id })),
  ...clocks.map((id) => ({ type: 'ledger/clock', id })),
  ...rates.map((id) => ({ type: 'ledger/rate', id })),
  ...watchers.map((id) => ({ type: 'ledger/watcher', id })),
  ...fragiles.flatMap((id) => ['ledger/fragile', 'ledger/careless'].map((type) => ({ type, id }))),
];

async function run(folder: string): Promise<number> {
  const { limits, segmentBytesMax, compactionBytesPerSecondMax, delayedAtTheEnd, settings: further = [] } = readSettings(folder);
  const application = defineApplication({
    name: 'ledger',
    modules: [ledgerModule],
    ingress: [fileIngress({ path: join(folder, 'events.jsonl'), id: ingressName })],
    egress: [fileEgress(receiptsEgress, { path: join(folder, 'egress.jsonl') })],
    engine: { limits },
  });
  process.send?.('opening');
  const settings = [`state.segment-bytes-max=${segmentBytesMax}`, `state.compaction-bytes-per-second-max=${compactionBytesPerSecondMax}`];
  const running = await runApplication(application, { stateFolder: join(folder, 'state'), settings: [...settings, ...further] });
  process.send?.('started');
  let asked = false;
  process.once('message', () => {
    asked = true;
    void running.stop();
  });
  const done = await Promise.race([untilDone(running, delayedAtTheEnd).then(() => true), running.stopped.then(() => false)]);
  if (!done) return asked ? stoppedExitCode : failedBecause(await running.stopped);
  const outcome = await outcomeOf(running);
  await running.stop();
  writeFileSync(join(folder, 'result.json'), JSON.stringify(outcome));
  return 0;
}

function readSettings(folder: string): RoundSettings {
  return JSON.parse(readFileSync(join(folder, 'round.json'), 'utf8')) as RoundSettings; // the parent writes it
}

async function untilDone(running: RunningApplication, delayedAtTheEnd: number): Promise<void> {
  let [invocations, changedAtMs] = [0, performance.now()];
  const isDone = (): boolean => {
    const { messagesPending, outboxRecords, messagesDelayed } = running.statistics();
    return running.ingressFinished && messagesPending === 0 && outboxRecords === 0 && messagesDelayed === delayedAtTheEnd;
  };
  for (;;) {
    const statistics = running.statistics();
    if (statistics.invocations !== invocations) [invocations, changedAtMs] = [statistics.invocations, performance.now()];
    if (isDone()) {
      // Not before: no commit waits while somebody waits for the engine.
      await running.whenQuiet();
      if (isDone()) return;
    }
    if (performance.now() - changedAtMs > idleMsMax) return;
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Egress is what the file holds: see run.ts. */
async function outcomeOf(running: RunningApplication): Promise<Omit<Outcome, 'egress'>> {
  const state: Record<string, unknown> = {};
  for (const { type, id } of addresses) state[`${type}/${id}`] = await running.state(type, id);
  const deadLetters = running
    .deadLetters()
    .map(({ kind, code, reason, attempts, target, messageId, ingress }) =>
      kind === 'record' ? { kind, code, identity: ingress?.identity } : { kind, code, reason, attempts, target, messageId },
    );
  return { state, deadLetters, delayed: running.statistics().messagesDelayed };
}

function failedBecause(error: Error | undefined): never {
  throw error ?? new Error('the engine stopped without being asked');
}

run(process.argv[2] ?? '').then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);

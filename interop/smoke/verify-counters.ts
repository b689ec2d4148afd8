import { setTimeout as sleep } from 'node:timers/promises';
import type { OutgoingEgress, OutgoingMessage } from 'statefun/serving';
import { smoke } from './commands.ts';
import type { SmokeGenerator } from './generator.ts';
import { Verification, verifications } from './verification.ts';

/** Whatever runs the interpreters: a runtime with an ingress and two egresses. */
export interface SmokeRuntime {
  send(messages: Iterable<OutgoingMessage>): void;
  /** What has left since the last time; throws when the runtime is no longer there. */
  readNew(): readonly OutgoingEgress[];
}

/** How long the results may be away before something is lost, in milliseconds; only a run that fails ever waits for it. */
const patienceMs = 180_000;

/** Asks every counter again and again, until all are exact and have been once more: what is done twice may come late. */
export async function verifyCounters(runtime: SmokeRuntime, generator: SmokeGenerator): Promise<Verification> {
  const verification = new Verification(generator);
  let answers = 0;
  let exactRounds = 0;
  for (const deadlineMs = Date.now() + patienceMs; exactRounds < 2 && Date.now() < deadlineMs;) {
    runtime.send(verifications(generator));
    const wanted = answers + generator.expected.length;
    while (answers < wanted && Date.now() < deadlineMs) {
      await sleep(50);
      for (const record of runtime.readNew()) {
        verification.add(record);
        if (record.egressId === smoke.verificationEgress) answers += 1;
      }
    }
    exactRounds = verification.exact && verification.discarded >= generator.discarded ? exactRounds + 1 : 0;
  }
  return verification;
}

import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from '@jest/globals';
import { SendIngress } from '../../../src/application/sent-events/send-ingress.ts';
import { SentEventIds } from '../../../src/application/sent-events/sent-event-ids.ts';
import type { CloudEvent } from '../../../src/envelope/cloud-event.ts';
import { Handles, StatefunFunction } from '../../../src/functions/decorators.ts';
import { Persisted } from '../../../src/state/persisted.ts';
import { PersistedList } from '../../../src/state/persisted-list.ts';
import { IngressBuffer } from '../../../src/engine/ingress/ingress-buffer.ts';
import { replaceMethod, type Undo } from '../../mutants/mutant.ts';
import { CrashableStore } from '../../engine/crashable-store.ts';
import { EngineBed, eventFor } from '../../engine/engine-bed.ts';
import { below, seededRandom } from '../../../src/shared/seeded-random.ts';

@StatefunFunction('test/log')
class Log {
  @Persisted() private readonly names = PersistedList.of<string>();

  @Handles('note')
  onNote(event: CloudEvent<{ name: string }>): void {
    this.names.append(event.data.name);
  }
}

const names = ['a', 'b', 'c', 'd', 'e', 'f'];
const turnsMax = 10_000;

/**
 * Somebody sends events to an engine that crashes again and again, and sends those that got no answer once more, under the same ids.
 * Returns what is in the state in the end.
 */
async function sendThroughCrashes(seed: number): Promise<{ readonly handled: readonly string[]; readonly crashes: number }> {
  const random = seededRandom(seed);
  const turns = (): number => below(random, 4);
  let store = new CrashableStore({ turns });
  const waiting = new Set(names);
  for (let crashes = 0; ; crashes += 1) {
    const ingress: SendIngress[] = [];
    const bed = await EngineBed.start([Log], { store, moreIngress: (router) => ((ingress[0] = new SendIngress(router)), ingress) });
    let alive = true;
    const send = async (name: string): Promise<void> => {
      await ingress[0]?.send(JSON.stringify(eventFor('test/log/one', 'note', { name }, `id-${name}`)));
      if (alive) waiting.delete(name);
    };
    // Some are sent beside each other, some of them twice.
    const sending = [...waiting].slice(0, 1 + below(random, 3)).flatMap((name) => (random() < 0.3 ? [name, name] : [name]));
    const sent = Promise.allSettled(sending.map(send));
    const crashAfter = crashes < 12 ? below(random, 14) : turnsMax;
    let done = false;
    void sent.then(() => (done = true));
    for (let turn = 0; turn < crashAfter && !done; turn += 1) await nextTurn();
    alive = false;
    if (crashes >= 12 && waiting.size === 0) {
      await bed.engine.whenQuiet();
      const { names: handled } = await bed.state('test/log/one');
      await bed.engine.stop({ deadlineMs: 1 });
      return { handled: handled as readonly string[], crashes };
    }
    store = await store.crash({ turns }, { keepsCommitUnderWay: random() < 0.5 });
  }
}

const seeds = Array.from({ length: 40 }, (_, index) => index + 1);

async function findViolation(): Promise<string | undefined> {
  for (const seed of seeds) {
    const { handled } = await sendThroughCrashes(seed);
    if ([...handled].sort().join() !== names.join()) return `seed ${seed}: ${handled.join()}`;
  }
  return undefined;
}

describe('events that are sent to an engine that crashes', () => {
  it.each(seeds)('are handled once each when those without an answer are sent again (seed %i) (APPLICATION-N2)', async (seed) => {
    const { handled, crashes } = await sendThroughCrashes(seed);
    expect([...handled].sort()).toEqual(names);
    expect(crashes).toBeGreaterThanOrEqual(12);
  });

  it.each<[string, () => Undo]>([
    ['positions are not read at the start', () => replaceMethod(SentEventIds.prototype, 'restore', () => () => undefined)],
    [
      'an event is acknowledged before it is durable',
      () =>
        replaceMethod(IngressBuffer.prototype, 'start', (start) => {
          return function (this: IngressBuffer, positions) {
            const { ingress } = this;
            const begin = ingress.start.bind(ingress);
            ingress.start = (context) => begin({ ...context, savePosition: () => Promise.resolve() });
            return start.call(this, positions);
          };
        }),
    ],
  ])('would be lost or doubled if %s, and this test would find it', async (_name, breakIt) => {
    const undo = breakIt();
    try {
      expect(await findViolation()).toBeDefined();
    } finally {
      undo();
    }
  });
});

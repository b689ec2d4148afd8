import { setTimeout as sleep } from 'node:timers/promises';
import { SeededRandom } from 'statefun/testing';
import type { Outcome, Pair, RunOptions } from '../runner/outcome.ts';
import { startSdk, type Sdk } from '../runner/sdks.ts';
import { SmokeGenerator } from '../smoke/generator.ts';
import { Greetings } from '../smoke/greetings.ts';
import { verifyCounters } from '../smoke/verify-counters.ts';
import { drawMessages } from '../smoke/verification.ts';
import { KilledEngine } from './killed-engine.ts';

/** A kill comes at most this long after the engine has started its work, in milliseconds. */
const killAfterMsMax = 500;
/** One kill in so many comes while the engine starts and recovers. */
const killsPerKillAtStart = 8;
/** Fresh work for every time that the engine is started, so that every kill interrupts some. */
const treesPerStart = 2_000;

/** The engine calls the command interpreter and the greeter of an SDK, and is killed again and again. */
export function enginePair(sdk: Sdk): Pair {
  return {
    name: `engine-${sdk.name}`,
    title: `our engine - ${sdk.title}`,
    run: async (options) => await runSmoke(sdk, options, options.short ? { starts: 4, kills: 3 } : { starts: 21, kills: 20 }),
  };
}

/** The same, left alone: how fast it is. */
export function engineRate(sdk: Sdk): Pair {
  return {
    name: `rate-engine-${sdk.name}`,
    title: `our engine - ${sdk.title}, undisturbed`,
    onlyInFull: true,
    run: async (options) => await runSmoke(sdk, options, { starts: 50, kills: 0 }),
  };
}

async function runSmoke(sdk: Sdk, { seed }: RunOptions, { starts, kills }: { starts: number; kills: number }): Promise<Outcome> {
  const server = await startSdk(sdk);
  const generator = new SmokeGenerator({ seed, instances: 128 });
  const greetings = new Greetings();
  const engine = new KilledEngine(server.port);
  const sendWork = (trees: number): void => {
    engine.send(drawMessages(generator, trees));
    engine.send(greetings.next());
  };
  try {
    sendWork((starts - kills) * treesPerStart);
    engine.start();
    await engine.untilStarted();
    const startedMs = performance.now();
    await killAgainAndAgain(engine, kills, new SeededRandom(seed), () => sendWork(treesPerStart));
    await engine.untilStarted();
    const verification = await verifyCounters(engine, generator);
    const durationMs = performance.now() - startedMs;
    verification.assertExact();
    for (const record of engine.readGreetings()) greetings.add(record);
    greetings.assertExact();
    return { messages: generator.messages + greetings.count, failuresInjected: engine.kills, durationMs };
  } catch (error) {
    throw new Error(`${error instanceof Error ? error.message : String(error)}\n${engine.output}`, { cause: error });
  } finally {
    await engine.stop();
    await server.process.stop();
  }
}

async function killAgainAndAgain(engine: KilledEngine, kills: number, random: SeededRandom, sendWork: () => void): Promise<void> {
  for (let number = 0; number < kills; number += 1) {
    if (random.below(killsPerKillAtStart) > 0) await engine.untilStarted();
    await sleep(random.below(killAfterMsMax));
    await engine.kill();
    sendWork();
    engine.start();
  }
}

import { once } from 'node:events';
import type { RunningApplication } from 'statefun';
import { egressStream } from './streams.ts';
import { readEventLines } from './event-lines.ts';
import { findProblem } from './expected-prices.ts';
import { formatCartStatus } from './format-cart-status.ts';
import { formatHowToSend } from './how-to-send.ts';
import { playEvents, type Play } from './play-events.ts';
import { withSurroundings } from './start.ts';
import { StreamReader } from './stream-reader.ts';
import { formatSummary } from './summary.ts';

export interface RunDemoOptions {
  /** Keeps running until the signal is aborted. */
  readonly keep: boolean;
  readonly say: (text: string) => void;
  /** Aborted by Ctrl-C. */
  readonly signal: AbortSignal;
}

/** The demo from start to end. Rejects with the reason if the expected cart-status events do not arrive. */
export async function runDemo({ keep, say, signal: interrupt }: RunDemoOptions): Promise<void> {
  await withSurroundings({ say, signal: interrupt }, async (surroundings) => {
    const { client, kinesis, running } = surroundings;
    const signal = AbortSignal.any([interrupt, abortedWhenStopped(running)]);
    const egress = new StreamReader(client, egressStream, (text) => say(formatCartStatus(text)));
    try {
      await playAndSumUp({ ...surroundings, egress, say, signal });
      if (!keep) return;
      say(formatHowToSend(kinesis.endpoint));
      await Promise.race([egress.ended, untilInterrupted(signal, interrupt)]);
    } finally {
      await egress.stop();
    }
  });
}

async function playAndSumUp(play: Play): Promise<void> {
  const { running, stateFolder, egress, say } = play;
  const eventsIn = await playEvents(await readEventLines(), play);
  const problem = findProblem(egress.records);
  if (problem !== undefined) throw new Error([problem, ...reasonsOfDeadLetters(running)].join('\n'));
  say(formatSummary({ eventsIn, eventsOut: egress.records.length, statistics: running.statistics(), stateFolder }));
}

function reasonsOfDeadLetters(running: RunningApplication): readonly string[] {
  return running.deadLetters().map(({ code, reason }) => `  dead letter: ${code}: ${reason}`);
}

/** An application that stops before it is asked to has failed. */
function abortedWhenStopped(running: RunningApplication): AbortSignal {
  const controller = new AbortController();
  void running.stopped.then((error) => controller.abort(error ?? new Error('the application stopped')));
  return controller.signal;
}

/** Ctrl-C is the good end of a demo that keeps running. */
async function untilInterrupted(signal: AbortSignal, interrupt: AbortSignal): Promise<void> {
  if (!signal.aborted) await once(signal, 'abort');
  if (!interrupt.aborted) throw signal.reason;
}

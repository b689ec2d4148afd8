import type { Writable } from 'node:stream';
import { Command } from 'commander';
import { exitCodeOf, StopSignals, type SignalSource } from '../application/running/stop-signals.ts';
import { configurationOf, configuredLogger } from '../application/application-configuration.ts';
import { lineOf } from '../testing/expectations/egress-texts.ts';
import { testApplication, type TestApplication, type WaitingAddress } from '../testing/test-application.ts';
import { countOf } from '../shared/text/count-of.ts';
import { printable, printableLine } from '../shared/text/printable.ts';
import { guardStream } from '../shared/standard-streams.ts';
import { starting } from './application-failure.ts';
import { CommandExit, exitCodes } from './exit-code.ts';
import { configurationSources, withConfigurationOptions, type ConfigurationCommandOptions } from './configuration-options.ts';
import { loadBuilt } from './load.ts';
import { moreHelp } from './more-help.ts';
import type { TakeSignals } from './signals.ts';

/** The streams of the process, or replacements in tests. */
export interface PlayStreams {
  readonly stdin: AsyncIterable<Uint8Array>;
  readonly stdout: Writable;
  readonly stderr: Writable;
}

interface PlayCommandOptions extends ConfigurationCommandOptions {
  readonly events: string;
  readonly allowDeadLetters?: true;
}

/** `statefun play <app> --events FILE|-`: plays a fixture on the application, in memory and virtual time. */
export function playCommand(
  streams: PlayStreams = process,
  takeSignals: TakeSignals = () => [],
  signalSource: SignalSource = process,
): Command {
  return withConfigurationOptions(new Command('play'))
    .description('play events on an application, in memory and virtual time; what it egresses goes to standard output as JSON Lines')
    .argument('<app>', 'a folder with a package.json, or the built module that exports the application')
    .requiredOption('--events <file>', 'JSON Lines with events, control lines and expectations; - reads standard input')
    .option('--allow-dead-letters', 'do not fail when something could not be handled')
    .addHelpText(
      'after',
      moreHelp({
        text: 'No declared ingress or egress is started. LOG_LEVEL (default warn) says what is logged to standard error.',
        examples: ['statefun play . --events test/fixtures/visits.jsonl', 'tail -f events.jsonl | statefun play . --events -'],
        exitCodes: {
          0: 'everything was handled',
          1: 'a dead letter, a message not handled, an expectation that was not met',
          130: 'ended by SIGINT (143: SIGTERM)',
        },
      }),
    )
    .action(async (path: string, options: PlayCommandOptions) => {
      const signals = new StopSignals(signalSource, takeSignals());
      try {
        await play(path, options, streams, signals);
      } finally {
        signals.over();
        // A pending read of standard input would keep the process alive.
        if (signals.asked !== undefined) signalSource.exit(exitCodeOf(signals.asked));
      }
    });
}

async function play(
  path: string,
  { events, allowDeadLetters, ...given }: PlayCommandOptions,
  streams: PlayStreams,
  signals: StopSignals,
): Promise<void> {
  const { application: definition, folder, warnings } = await starting(() => loadBuilt(path));
  guardStream(streams.stderr);
  const say = (text: string): void => void streams.stderr.write(printable(text));
  const configuration = await configurationOf(definition, configurationSources(given, folder));
  const level = configuration.isSet('logging.level') ? {} : ({ level: 'warn' } as const);
  const logger = configuredLogger(configuration, { ...level, write: say });
  for (const { code, summary, hint } of warnings) logger.warn(`${code}: ${summary}`, { hint });
  const application = await starting(() => testApplication(definition, { logger, configuration, strayFailures: true }), definition);
  const output = new LineOutput(streams.stdout);
  const counts = { events: 0, egress: 0 };
  try {
    const playing = application.play(events === '-' ? { name: 'standard input', bytes: streams.stdin } : events, {
      keepEgress: false,
      onComment: (text) => say(`# ${text.replaceAll('\n', '\n# ')}\n`),
      onEvent: () => void (counts.events += 1),
      onEgress: async (left) => {
        counts.egress += left.length;
        await output.write(left.map(lineOf));
      },
    });
    await Promise.race([playing, untilAsked(signals)]);
    // After a signal, failures of the rest are ignored.
    if (signals.asked !== undefined) playing.catch(() => undefined);
  } catch (error) {
    // The reader of the output has closed it.
    if (output.closed) return;
    say(summary(application, counts));
    throw error;
  } finally {
    await application.stop();
    output.release();
  }
  say(summary(application, counts));
  if (signals.asked === undefined && allowDeadLetters !== true && failed(application)) throw new CommandExit(exitCodes.failure);
}

function untilAsked(signals: StopSignals): Promise<void> {
  return new Promise((resolve) => signals.whenAsked({ stop: resolve, busyWith: () => 'the events' }));
}

/** Whether a message is not handled: it is a dead letter, waits for another attempt, or its handler has not settled. */
function failed(application: TestApplication): boolean {
  return application.deadLetters().length > 0 || application.statistics().messagesPending > 0;
}

function summary(application: TestApplication, { events, egress }: { readonly events: number; readonly egress: number }): string {
  const { invocations, messagesPending, messagesDelayed } = application.statistics();
  const letters = application.deadLetters();
  const lines = [
    `${countOf(events, 'event')}, ${countOf(invocations, 'invocation')}, ${countOf(egress, 'egress event')}, ${countOf(letters.length, 'dead letter')}`,
    ...(messagesDelayed > 0
      ? [`${countOf(messagesDelayed, 'delayed message')} still pending: only test.delay and test.delay-between-events move the clock`]
      : []),
    ...(messagesPending > 0 ? [`${countOf(messagesPending, 'message')} not handled:`, ...application.waiting().map(waitingLine)] : []),
    ...letters.map(
      ({ code, reason, target, ingress, egressId }) =>
        `dead letter at ${target ?? egressId ?? `record ${ingress?.position ?? ''}`}: ${code}: ${reason}`,
    ),
  ];
  return lines.map((line) => `${printableLine(line)}\n`).join('');
}

function waitingLine({ address, status, messages, attempts, failure }: WaitingAddress): string {
  const why = failure === undefined ? '' : `: ${failure.code}: ${failure.reason}`;
  const behind = messages === 1 ? '' : `, ${countOf(messages - 1, 'message')} behind it`;
  const what =
    status === 'running' ? 'its handler has not settled' : `waits for another attempt after ${countOf(attempts, 'failed attempt')}`;
  return `  ${address} ${what}${behind}${why}`;
}

/** Writes JSON Lines to a stream that may be slow or closed by its reader. */
class LineOutput {
  readonly #stream: Writable;
  readonly #ignoreError = (): void => undefined;
  #closed = false;

  constructor(stream: Writable) {
    this.#stream = stream;
    // The callback of `write` reports errors; without a listener the same error would end the process.
    stream.on('error', this.#ignoreError);
  }

  /** Whether the reader has closed the stream. */
  get closed(): boolean {
    return this.#closed;
  }

  /** Writes lines. Resolves when the stream has passed them on, so that playing is never far ahead of the reader. */
  write(lines: readonly string[]): Promise<void> {
    const text = printable(lines.map((line) => `${line}\n`).join(''));
    return new Promise((resolve, reject) => {
      this.#stream.write(text, (error) => {
        if (error === null || error === undefined) return resolve();
        if ((error as NodeJS.ErrnoException).code === 'EPIPE') this.#closed = true;
        reject(error);
      });
    });
  }

  release(): void {
    // The `error` event follows the callback in a later turn.
    setImmediate(() => this.#stream.off('error', this.#ignoreError));
  }
}

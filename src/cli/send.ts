import { randomUUID } from 'node:crypto';
import { Command } from 'commander';
import { sendToRunning } from '../application/sent-events/send-requests.ts';
import { openSnapshot } from '../state-tools/open-snapshot.ts';
import { writeWithData } from '../envelope/complete-event.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { CommandExit, exitCodes } from './exit-code.ts';
import { moreHelp } from './more-help.ts';
import type { Output } from './output.ts';
import { toJson, toText } from './state/format.ts';
import { stateFolderOf, withStateOptions, type StateCommandOptions } from './state/state-options.ts';

interface SendCommandOptions extends StateCommandOptions {
  readonly id?: string;
  readonly source: string;
}

/** `statefun send <type> <json>`: sends one event to a running application. */
export function sendCommand(output: Output): Command {
  return withStateOptions(new Command('send'))
    .description('send an event to a running application of this machine')
    .argument('<type>', 'the type of the event')
    .argument('<json>', 'its data, as JSON')
    .option('--id <id>', 'the id of the event (default: a random one)')
    .option('--source <uri>', 'the source of the event', '/statefun/send')
    .addHelpText(
      'after',
      moreHelp({
        text: [
          'The event goes through the forwarders like one from an ingress, and is durable when the command ends.',
          'An event that is invalid, or that no forwarder accepts, is refused and has no effect.',
          'An event with the --id and --source of one of the last 1,000 is not handled again.',
        ].join('\n'),
        examples: [
          `statefun send example.product '{"id":"p1","price":42}'`,
          `statefun send example.product '{"id":"p1","price":43}' --id price-43 --source /till`,
        ],
        exitCodes: {
          0: 'the application has taken the event',
          1: 'it was refused, or no application runs; the reason is on standard error',
        },
      }),
    )
    .action((type: string, json: string, options: SendCommandOptions) => send(type, json, options, output));
}

async function send(type: string, json: string, options: SendCommandOptions, output: Output): Promise<void> {
  const { id = randomUUID(), source } = options;
  const attributes = { specversion: '1.0', id, source, type, datacontenttype: 'application/json', data: ensureJson(json) };
  const folder = stateFolderOf(options);
  // Throws for a folder without state, on which no application can run.
  (await openSnapshot({ folder })).close();
  // Keeps all digits of numbers.
  const sent = await sendToRunning(folder, writeWithData(attributes, json)).catch((error: unknown) => {
    if (mayBeTaken(error)) output.err(toText([`The application may have taken it. To send it again and have it handled once: --id ${id}`]));
    throw error;
  });
  output.out(options.json === true ? toJson(sent) : toText([sent.repeated ? `${id} was sent before` : id]));
}

function ensureJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw new CommandExit(exitCodes.usage, `<json> is not JSON: ${toError(error).message}`);
  }
}

function mayBeTaken(error: unknown): boolean {
  return StatefunError.is(error) && (error.code === 'REQUEST_FAILED' || error.code === 'ENGINE_STOPPED');
}

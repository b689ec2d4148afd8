import { Command } from 'commander';
import { moreHelp } from './more-help.ts';
import type { Output } from './output.ts';
import { compactCommand } from './state/compact.ts';
import { deadLettersCommand } from './state/dead-letters.ts';
import { getCommand } from './state/get.ts';
import { inspectCommand } from './state/inspect.ts';
import { listCommand } from './state/list.ts';
import { messagesCommand } from './state/messages.ts';
import { verifyCommand } from './state/verify.ts';

/** `statefun state …`: what a state folder holds, whether or not the application runs. */
export function stateCommand(output: Output): Command {
  return new Command('state')
    .description('look at the state of an application, running or not: inspect, get, list, dead-letters, messages, verify, compact')
    .addCommand(inspectCommand(output))
    .addCommand(getCommand(output))
    .addCommand(listCommand(output))
    .addCommand(deadLettersCommand(output))
    .addCommand(messagesCommand(output))
    .addCommand(verifyCommand(output))
    .addCommand(compactCommand(output))
    .addHelpText(
      'after',
      moreHelp({
        text: 'Reading takes no lock, and shows the state after one commit. Only redrive, drop and compact change anything.',
        examples: ['statefun state inspect', 'statefun state get example/cart c1', 'statefun state dead-letters list'],
        exitCodes: { 0: 'done', 1: 'failed; the reason is on standard error' },
      }),
    );
}

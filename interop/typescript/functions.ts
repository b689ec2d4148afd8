/*
 * A command interpreter and a greeter with the framework's own functions, as a process that StateFun can call.
 *
 *   node functions.js PORT
 */
import { setImmediate as nextTurn } from 'node:timers/promises';
import {
  customType,
  int32Type,
  int64Type,
  serveFunctions,
  StatefulFunctions,
  typed,
  type FunctionContext,
  type StateType,
  type TypedMessage,
} from 'statefun/serving';
import {
  decodeCommands,
  decodeResult,
  decodeSourceCommand,
  encodeCommands,
  encodeResult,
  encodeSourceCommand,
  smoke,
  type Command,
  type Commands,
  type Send,
  type VerificationResult,
} from '../smoke/commands.ts';

const sourceCommandType = customType<Send>({
  name: 'source command',
  typename: smoke.sourceCommandType,
  encode: ({ target = 0, commands = {} }) => encodeSourceCommand(target, commands),
  decode: decodeSourceCommand,
});
const commandsType = customType<Commands>({
  name: 'commands',
  typename: smoke.commandsType,
  encode: encodeCommands,
  decode: decodeCommands,
});
const resultType = customType<VerificationResult>({
  name: 'verification result',
  typename: smoke.resultType,
  encode: encodeResult,
  decode: decodeResult,
});

const counterState = { state: int64Type() } satisfies Record<string, StateType<bigint>>;
type CounterContext = FunctionContext<typeof counterState>;

async function interpretMessage(context: CounterContext, message: TypedMessage): Promise<void> {
  await interpret(context, message.is(sourceCommandType) ? message.as(sourceCommandType).commands : message.as(commandsType));
}

async function interpret(context: CounterContext, { command: commands = [] }: Commands = {}): Promise<void> {
  for (const command of commands) {
    if (command.asyncOperation !== undefined) {
      await nextTurn();
      await interpret(context, command.asyncOperation.resolvedCommands);
    } else {
      interpretOne(context, command);
    }
  }
}

function interpretOne(context: CounterContext, command: Command): void {
  const { storage } = context;
  if (command.increment !== undefined) {
    storage.state = (storage.state ?? 0n) + 1n;
  } else if (command.send !== undefined) {
    const { target = 0, commands = {} } = command.send;
    context.send(smoke.interpreter, String(target), typed(commandsType, commands));
  } else if (command.sendAfter !== undefined) {
    const { target = 0, commands = {}, cancellationToken } = command.sendAfter;
    context.sendAfter(
      1,
      smoke.interpreter,
      String(target),
      typed(commandsType, commands),
      cancellationToken === undefined ? {} : { cancellationToken },
    );
  } else if (command.cancelSendAfter !== undefined) {
    context.cancelDelayed(command.cancelSendAfter.cancellationToken ?? '');
  } else if (command.sendEgress !== undefined) {
    context.sendEgress(smoke.discardEgress, 'discarded-message');
  } else if (command.verify !== undefined) {
    const result = { id: Number(context.self.id), expected: command.verify.expected ?? 0, actual: Number(storage.state ?? 0n) };
    context.sendEgress(smoke.verificationEgress, typed(resultType, result));
  }
}

async function serve(port: number): Promise<void> {
  const functions = new StatefulFunctions();
  functions.bind(smoke.interpreter, interpretMessage, { state: counterState });
  functions.bind(
    'interop.example/greeter',
    (context, message) => {
      const visits = (context.storage.visits ?? 0) + 1;
      context.storage.visits = visits;
      context.sendEgress('interop.example/greetings', `${message.asString()} ${context.self.id}, visit ${visits}`);
    },
    { state: { visits: int32Type() } },
  );
  await serveFunctions(functions, { port, path: '/' });
  console.log('ready');
}

// What started this process holds its standard input; when it is gone, so is the reason to go on.
process.stdin.on('end', () => process.exit(0)).resume();
serve(Number(process.argv[2])).catch((error: unknown) => {
  console.error(error);
  process.exit(1);
});

// A command interpreter and a greeter with the official JavaScript SDK. Usage: functions.cjs PORT
const { createServer } = require('node:http');
const { join } = require('node:path');
const { setImmediate: nextTurn } = require('node:timers/promises');
const { StateFun, egressMessageBuilder, messageBuilder } = require('apache-flink-statefun');
const protobuf = require('protobufjs');

const interpreter = 'statefun.smoke.e2e/command-interpreter-fn';
const root = protobuf.loadSync(process.argv[3] ?? join(__dirname, '..', '..', 'commands.proto'));

function protobufType(typename, messageName) {
  const message = root.lookupType(`statefun.interop.${messageName}`);
  return StateFun.customType(
    typename,
    (value) => Buffer.from(message.encode(value).finish()),
    (bytes) => message.toObject(message.decode(bytes), { longs: Number, arrays: true }),
  );
}

const sourceCommandType = protobufType('statefun.smoke.e2e/source-command', 'SourceCommand');
const commandsType = protobufType('statefun.smoke.e2e/commands', 'Commands');
const resultType = protobufType('statefun.smoke.e2e/verification-result', 'VerificationResult');

const toInterpreter = ({ target = 0, commands = {} }) =>
  messageBuilder({ typename: interpreter, id: String(target), value: commands, valueType: commandsType });

async function interpret(context, { command: commands = [] }) {
  for (const command of commands) {
    if (command.increment) context.storage.state = (context.storage.state ?? 0) + 1;
    else if (command.send) context.send(toInterpreter(command.send));
    else if (command.sendAfter) context.sendAfter(1, toInterpreter(command.sendAfter), command.sendAfter.cancellationToken || undefined);
    else if (command.cancelSendAfter) context.cancelDelayedMessage(command.cancelSendAfter.cancellationToken);
    else if (command.sendEgress) {
      const value = 'discarded-message';
      context.send(egressMessageBuilder({ typename: 'statefun.smoke.e2e/discard-sink', value, valueType: StateFun.stringType() }));
    } else if (command.asyncOperation) {
      await nextTurn();
      await interpret(context, command.asyncOperation.resolvedCommands ?? {});
    } else if (command.verify) {
      const value = { id: Number(context.self.id), expected: command.verify.expected ?? 0, actual: context.storage.state ?? 0 };
      context.send(egressMessageBuilder({ typename: 'statefun.smoke.e2e/verification-sink', value, valueType: resultType }));
    }
  }
}

function greet(context, message) {
  context.storage.visits += 1;
  const value = `${message.asString()} ${context.self.id}, visit ${context.storage.visits}`;
  context.send(egressMessageBuilder({ typename: 'interop.example/greetings', value, valueType: StateFun.stringType() }));
}

const functions = new StateFun();
functions.bind({
  typename: interpreter,
  specs: [{ name: 'state', type: StateFun.intType() }],
  fn: (context, message) =>
    interpret(context, message.is(sourceCommandType) ? (message.as(sourceCommandType).commands ?? {}) : message.as(commandsType)),
});
functions.bind({ typename: 'interop.example/greeter', specs: [{ name: 'visits', type: StateFun.intType() }], fn: greet });

// What started this process holds its standard input; when it is gone, so is the reason to go on.
process.stdin.on('end', () => process.exit(0)).resume();
const server = createServer(functions.handler());
server.keepAliveTimeout = 30_000;
server.listen(Number(process.argv[2]), '127.0.0.1', () => console.log('ready'));

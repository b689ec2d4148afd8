import { int32Type } from 'statefun/state-types';
import { encodeToFunction, typed, type OutgoingMessage } from 'statefun/serving';
import { assertSame, type Outcome, type Pair, type RunOptions } from '../runner/outcome.ts';
import { startSdk, type FunctionServer, type Sdk } from '../runner/sdks.ts';
import { smoke } from '../smoke/commands.ts';
import { SmokeGenerator } from '../smoke/generator.ts';
import { Greetings } from '../smoke/greetings.ts';
import { sourceCommand, Verification, verifications } from '../smoke/verification.ts';
import { post, SmallestRuntime } from './smallest-runtime.ts';

/** The codec of the framework and an official SDK, with nothing in between that could hide a difference. */
export function directPair(sdk: Sdk): Pair {
  return {
    name: `codec-${sdk.name}`,
    title: `our codec - ${sdk.title}`,
    async run(options) {
      const server = await startSdk(sdk);
      try {
        await greet(server);
        await refuseGarbage(server);
        return await interpret(server, sdk.counterTypename, options);
      } finally {
        await server.process.stop();
      }
    },
  };
}

async function interpret({ port }: FunctionServer, counterTypename: string, { short, seed }: RunOptions): Promise<Outcome> {
  const runtime = new SmallestRuntime(port);
  const generator = new SmokeGenerator({ seed, instances: 128 });
  const trees = short ? 2_000 : 10_000;
  const startedMs = performance.now();
  for (let number = 0; number < trees; number += 1) {
    const { target, commands } = generator.next();
    send(runtime, sourceCommand(target, commands));
  }
  await runtime.whenQuiet();
  for (const message of verifications(generator)) send(runtime, message);
  await runtime.whenQuiet();
  const durationMs = performance.now() - startedMs;
  runtime.close();

  const verification = new Verification(generator);
  for (const record of runtime.egress) verification.add(record);
  verification.assertExact();
  assertSame('messages', runtime.messages, generator.messages + generator.expected.length);
  assertSame('learnt states', runtime.specs.get(smoke.interpreter), [{ name: 'state', typename: counterTypename }]);
  return { messages: runtime.messages, failuresInjected: 0, durationMs };
}

async function greet({ port }: FunctionServer): Promise<void> {
  const runtime = new SmallestRuntime(port);
  const greetings = new Greetings();
  for (const message of greetings.next()) send(runtime, message);
  await runtime.whenQuiet();
  runtime.close();
  for (const record of runtime.egress) greetings.add(record);
  greetings.assertExact();
}

/** What is no request is answered with an error, as is a request for a function that is not there: never with an empty success. */
async function refuseGarbage({ port }: FunctionServer): Promise<void> {
  const unknown = encodeToFunction({
    target: { type: 'interop.example/nobody', id: '1' },
    states: [],
    invocations: [{ caller: undefined, argument: typed(int32Type(), 1) }],
  });
  const truncated = unknown.subarray(0, unknown.byteLength - 3);
  for (const body of [unknown, truncated]) {
    const { status } = await post(port, body);
    if (status < 400) throw new Error(`a request that cannot be served is answered with ${status}`);
  }
}

function send(runtime: SmallestRuntime, { target, argument }: OutgoingMessage): void {
  runtime.send(target, argument);
}

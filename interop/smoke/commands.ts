import { readFileSync } from 'node:fs';
import protobuf from 'protobufjs';

/** One command of commands.proto: exactly one field is set. */
export interface Command {
  readonly increment?: Readonly<Record<string, never>>;
  readonly send?: Send;
  readonly sendAfter?: Send & { readonly cancellationToken?: string };
  readonly sendEgress?: Readonly<Record<string, never>>;
  readonly asyncOperation?: { readonly failure?: boolean; readonly resolvedCommands?: Commands };
  readonly verify?: { readonly expected?: number };
  readonly cancelSendAfter?: { readonly target?: number; readonly cancellationToken?: string };
}

export interface Send {
  readonly target?: number;
  readonly commands?: Commands;
}

/** What is the default in Protobuf is absent once decoded. */
export interface Commands {
  readonly command?: readonly Command[];
}

export interface VerificationResult {
  readonly id: number;
  readonly expected: number;
  readonly actual: number;
}

/** Names of the smoke test, as StateFun's own has them. */
export const smoke = {
  interpreter: 'statefun.smoke.e2e/command-interpreter-fn',
  discardEgress: 'statefun.smoke.e2e/discard-sink',
  verificationEgress: 'statefun.smoke.e2e/verification-sink',
  sourceCommandType: 'statefun.smoke.e2e/source-command',
  commandsType: 'statefun.smoke.e2e/commands',
  resultType: 'statefun.smoke.e2e/verification-result',
} as const;

let loaded: protobuf.Root | undefined;

function messageType(name: string): protobuf.Type {
  loaded ??= protobuf.parse(readFileSync(new URL('../../commands.proto', import.meta.url), 'utf8')).root;
  return loaded.lookupType(`statefun.interop.${name}`);
}

export function encodeSourceCommand(target: number, commands: Commands): Uint8Array {
  return messageType('SourceCommand').encode({ target, commands }).finish();
}

export function encodeCommands(commands: Commands): Uint8Array {
  return messageType('Commands').encode(commands).finish();
}

export function encodeResult(result: VerificationResult): Uint8Array {
  return messageType('VerificationResult').encode(result).finish();
}

export function decodeSourceCommand(bytes: Uint8Array): Send {
  return decode('SourceCommand', bytes);
}

export function decodeCommands(bytes: Uint8Array): Commands {
  return decode('Commands', bytes);
}

export function decodeResult(bytes: Uint8Array): VerificationResult {
  return { id: 0, expected: 0, actual: 0, ...decode<Partial<VerificationResult>>('VerificationResult', bytes) };
}

function decode<Message>(name: string, bytes: Uint8Array): Message {
  const type = messageType(name);
  // The interfaces above are commands.proto in TypeScript: the type of Protobuf that is named is the one that is decoded.
  return type.toObject(type.decode(bytes), { longs: Number }) as Message;
}

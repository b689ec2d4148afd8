import { toError } from '../../shared/errors.ts';
import type { FailureAnalyzer } from './failure-analyzer.ts';

/** The properties that Node adds to the error of a failed system call. */
interface SystemError extends Error {
  readonly code: string;
  readonly syscall?: string;
  readonly path?: string;
  readonly address?: string;
  readonly hostname?: string;
  readonly port?: number;
}

const actions: Readonly<Record<string, (error: SystemError) => string>> = {
  EADDRINUSE: (error) =>
    `Another process has ${placeOf(error)}. Stop it, or choose another port; lsof -i :${error.port ?? 'PORT'} shows which process it is.`,
  EADDRNOTAVAIL: (error) => `${placeOf(error)} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for all of them.`,
  ECONNREFUSED: (error) => `Nothing listens at ${placeOf(error)}: start the service that should, or correct the address.`,
  ECONNRESET: (error) => `${placeOf(error)} closed the connection: check that the address and the protocol (http or https) are right.`,
  ETIMEDOUT: (error) => `${placeOf(error)} does not respond: check the address, the network and its firewalls.`,
  ENOTFOUND: (error) => `There is no host ${placeOf(error)}: correct the name, or check the network and its DNS.`,
  EAI_AGAIN: (error) => `The name ${placeOf(error)} could not be looked up: check the network and its DNS.`,
  EACCES: (error) =>
    error.syscall === 'listen'
      ? `This user may not listen on ${placeOf(error)}: choose a port above 1023.`
      : `This user may not use ${placeOf(error)}: correct the permissions, or choose another path.`,
  ENOENT: (error) => `There is no ${placeOf(error)}: correct the path (relative paths start at the working directory).`,
  ENOSPC: () => 'The disk is full: free space.',
  EMFILE: () => 'The process has too many open files: raise the limit (ulimit -n).',
};

/** Returns the advice for a system error, or undefined. Looks at causes too, since SDKs wrap errors of Node. */
export function systemAction(error: unknown): string | undefined {
  const found = findSystemError(error);
  return found && actions[found.code]?.(found);
}

/** Explains system errors that have no code of the framework. */
export const systemFailures: FailureAnalyzer = {
  analyze(error) {
    const found = findSystemError(error);
    const action = found && actions[found.code]?.(found);
    if (found === undefined || action === undefined) return undefined;
    return { code: found.code, what: messageOf(error, found), where: placeOf(found), action };
  },
};

function findSystemError(error: unknown): SystemError | undefined {
  let current: unknown = error;
  for (let depth = 0; depth < 4 && typeof current === 'object' && current !== null; depth += 1) {
    const { code, cause } = current as { readonly code?: unknown; readonly cause?: unknown };
    // A connection to a name with several addresses fails with one error for each address.
    if (typeof code === 'string' && code in actions) return specific(current as SystemError);
    current = cause;
  }
  return undefined;
}

function specific(error: SystemError): SystemError {
  const [first] = 'errors' in error && Array.isArray(error.errors) ? (error.errors as readonly unknown[]) : [];
  return typeof first === 'object' && first !== null && 'code' in first ? (first as SystemError) : error;
}

function messageOf(error: unknown, found: SystemError): string {
  const { message } = toError(error);
  return message === '' ? found.message : message;
}

function placeOf({ address, hostname, port, path }: SystemError): string {
  if (path !== undefined) return path;
  const host = address ?? hostname;
  if (host === undefined) return port === undefined ? 'the address' : `port ${port}`;
  return port === undefined || port < 0 ? host : `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

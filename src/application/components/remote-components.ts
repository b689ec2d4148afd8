import type { FunctionRegistry } from '../../functions/function-registry.ts';
import type { RemoteFunctions } from '../../functions/remote/remote-function.ts';
import { describe, StatefunError } from '../../shared/errors.ts';
import { namedLogger, type Logger } from '../../shared/logger.ts';

/** Registers functions that other processes serve. Returns the mistakes in their declarations, and opens no connection. */
export function registerRemote(
  declared: readonly RemoteFunctions[],
  functions: FunctionRegistry,
  logger: Logger,
): readonly StatefunError[] {
  return declared.flatMap((remote: Partial<RemoteFunctions> | undefined) => {
    if (typeof remote?.functions !== 'string' || typeof remote.connect !== 'function' || remote.policy === undefined) {
      const summary = `${describe(remote)} is listed under remote, but remoteFunctions() did not create it.`;
      return [new StatefunError('REMOTE_ENDPOINT_INVALID', summary)];
    }
    try {
      functions.registerRemote(remote.functions, remote.connect(namedLogger(logger, `remote.${remote.functions}`)), remote.policy);
      return [];
    } catch (thrown) {
      if (StatefunError.is(thrown)) return [thrown];
      throw thrown;
    }
  });
}

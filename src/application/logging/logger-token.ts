import { isFunctionClass } from '../../functions/function-definition.ts';
import { readForwarder } from '../../forwarders/forwarder-decorator.ts';
import { functionTypeOf } from '../../shared/function-target.ts';
import { namedLogger, type Logger } from '../../shared/logger.ts';
import type { ClassOf } from '../../shared/metadata.ts';
import { MadeForAsker } from '../../injection/made-for-asker.ts';
import { InvocationLogger, type InvocationLogScope } from './logging-context.ts';
import type { Token } from '../../injection/token.ts';

/**
 * Injects a logger named after the class: `@inject(LoggerToken) private readonly logger: Logger`. Names are
 * `application.PriceRounding`, `forwarders.ProductEvents` or `functions.shop/cart`; a factory gets `application`. Lines written while a
 * handler runs contain its address and message id, as those of `context.logger` do.
 */
export const LoggerToken: Token<Logger> = Symbol.for('statefun.Logger');

/** The provider of {@link LoggerToken}, which creates a logger for each class that injects one. */
export class InjectableLogger extends MadeForAsker {
  readonly #logger: Logger;
  readonly #scope: InvocationLogScope;
  readonly #byName = new Map<string, Logger>();

  constructor(logger: Logger, scope: InvocationLogScope) {
    super();
    this.#logger = logger;
    this.#scope = scope;
  }

  /** Returns the logger of a class, or of a factory. */
  override for(asker: ClassOf | undefined): Logger {
    const name = asker === undefined ? 'application' : nameOf(asker);
    let logger = this.#byName.get(name);
    if (logger === undefined) {
      this.#scope.active = true;
      this.#byName.set(name, (logger = new InvocationLogger(namedLogger(this.#logger, name), this.#scope)));
    }
    return logger;
  }
}

function nameOf(asker: ClassOf): string {
  const forwarder = readForwarder(asker);
  if (forwarder !== undefined) return `forwarders.${forwarder.name}`;
  const className = asker.name;
  return isFunctionClass(asker) ? `functions.${functionTypeOf(asker)}` : `application.${className}`;
}

import { hasHandlers, isFunctionClass } from '../functions/function-definition.ts';
import { onSubscribeMetadataKey } from '../functions/decorators.ts';
import { readForwarder } from '../forwarders/forwarder-decorator.ts';
import { checkMethods, misplaced, misplacedIn, repeatedOn } from '../shared/recorded-decorators.ts';
import { StatefunError } from '../shared/errors.ts';
import { readMetadata, type ClassOf } from '../shared/metadata.ts';
import { persistedProperties } from '../state/persisted.ts';
import { listenersOf } from './application-events.ts';
import { hooksOf } from './lifecycle.ts';

/** Reports decorators of a function, forwarder or provider class that have no effect. */
export function checkDecorators(madeClass: ClassOf): readonly StatefunError[] {
  const listeners = listenersOf(madeClass).map(({ method }) => method);
  return [
    ...misplacedIn(madeClass).map((found) => misplaced(madeClass, found)),
    ...checkMethods(madeClass, 'PostConstruct', hooksOf(madeClass, 'post-construct')),
    ...checkMethods(madeClass, 'PreDestroy', hooksOf(madeClass, 'pre-destroy')),
    ...checkMethods(madeClass, 'OnApplicationEvent', listeners),
    ...(isFunctionClass(madeClass) ? checkKind(madeClass) : checkNoFunction(madeClass)),
    ...repeatedOn(madeClass).map((decorator) => repeated(madeClass, `has @${decorator} more than once`)),
  ];
}

function checkKind(functionClass: ClassOf): readonly StatefunError[] {
  return readForwarder(functionClass) === undefined ? [] : [repeated(functionClass, 'has both @StatefunFunction and @Forwarder')];
}

/** Reports decorators that only functions can have. */
function checkNoFunction(madeClass: ClassOf): readonly StatefunError[] {
  const decorators = [
    ...(hasHandlers(madeClass) ? ['@Handles'] : []),
    ...(readMetadata(madeClass, onSubscribeMetadataKey) === undefined ? [] : ['@OnSubscribe']),
    ...(persistedProperties(madeClass).length === 0 ? [] : ['@Persisted']),
  ];
  if (decorators.length === 0) return [];
  const summary = `class ${madeClass.name} has ${decorators.join(' and ')}, which only a class with @StatefunFunction can have.`;
  return [new StatefunError('DECORATOR_MISPLACED', summary, { facts: { className: madeClass.name } })];
}

function repeated(madeClass: ClassOf, what: string): StatefunError {
  return new StatefunError('DECORATOR_REPEATED', `class ${madeClass.name} ${what}.`, { facts: { className: madeClass.name } });
}

import type { EventType } from '../envelope/event-type.ts';
import { appendAll } from '../shared/append-all.ts';
import { isFunctionType } from '../shared/address.ts';
import { checkMethods } from '../shared/recorded-decorators.ts';
import { describe, StatefunError, type ErrorFacts } from '../shared/errors.ts';
import { functionMetadataKey } from '../shared/function-target.ts';
import { readMetadata, readOwnMetadata, type ClassOf } from '../shared/metadata.ts';
import { persistedProperties } from '../state/persisted.ts';
import { handlersMetadataKey, onSubscribeMetadataKey, type RecordedFunction, type RecordedHandler } from './decorators.ts';
import { toFailurePolicy, type FailurePolicy } from './failure-policy.ts';

/** One handler method and its event type. */
export interface HandlerDefinition {
  readonly method: string;
  /** Checks the data before the method is called. Undefined when `@Handles` has a text or no argument. */
  readonly eventType: EventType | undefined;
}

/** Everything about a function class that is the same for all addresses. */
export interface FunctionDefinition {
  readonly type: string;
  readonly class: ClassOf;
  readonly handlers: ReadonlyMap<string, HandlerDefinition>;
  readonly catchAll: HandlerDefinition | undefined;
  /** The method that returns the current event for SUBSCRIBE and QUERY. */
  readonly onSubscribe: string | undefined;
  /** Properties with state cells. */
  readonly persisted: readonly string[];
  readonly policy: FailurePolicy;
}

/** Returns whether the class itself has `@StatefunFunction`. */
export function isFunctionClass(value: unknown): value is ClassOf {
  return typeof value === 'function' && readOwnMetadata(value, functionMetadataKey) !== undefined;
}

/** Returns whether the class or one of its bases has `@Handles`. */
export function hasHandlers(value: object): boolean {
  return readMetadata(value, handlersMetadataKey) !== undefined;
}

/** Reads the metadata of the decorators. Returns all mistakes, so that the start can report them together. */
export function readDefinition(functionClass: ClassOf): { definition?: FunctionDefinition; problems: readonly StatefunError[] } {
  const recorded = readOwnMetadata<RecordedFunction>(functionClass, functionMetadataKey);
  if (recorded === undefined)
    return { problems: [problem('NOT_A_FUNCTION_CLASS', `${describe(functionClass)} has no @StatefunFunction.`)] };

  const problems: StatefunError[] = [];
  const className = functionClass.name;
  if (!isFunctionType(recorded.type)) {
    problems.push(
      problem('INVALID_FUNCTION_TYPE', `${describe(recorded.type)} is not a function type (class ${className}).`, {
        className,
        type: recorded.type,
      }),
    );
  }
  const { handlers, catchAll } = readHandlers(functionClass, problems);
  if (handlers.size === 0 && catchAll === undefined) {
    problems.push(
      problem('FUNCTION_WITHOUT_HANDLERS', `class ${className} ("${recorded.type}") has no method with @Handles.`, { className }),
    );
  }
  const policy = readPolicy(recorded, problems);
  const answering = readOnSubscribe(functionClass, problems);
  appendAll(problems, checkMethods(functionClass, 'Handles', handledMethods(functionClass)));
  if (problems.length > 0 || policy === undefined) return { problems };

  const definition: FunctionDefinition = {
    type: recorded.type,
    class: functionClass,
    handlers,
    catchAll,
    onSubscribe: answering,
    persisted: persistedProperties(functionClass),
    policy,
  };
  return { definition, problems };
}

function readHandlers(functionClass: ClassOf, problems: StatefunError[]): Pick<FunctionDefinition, 'handlers' | 'catchAll'> {
  const handlers = new Map<string, HandlerDefinition>();
  let catchAll: HandlerDefinition | undefined;
  for (const { method, eventType } of readMetadata<readonly RecordedHandler[]>(functionClass, handlersMetadataKey) ?? []) {
    const type = typeof eventType === 'object' ? eventType.type : eventType;
    const before = type === undefined ? catchAll : handlers.get(type);
    if (before !== undefined && before.method !== method) {
      const events = type === undefined ? 'every other event' : `"${type}"`;
      problems.push(
        problem('DUPLICATE_HANDLER', `class ${functionClass.name} handles ${events} in both ${before.method}() and ${method}().`, {
          className: functionClass.name,
        }),
      );
      continue;
    }
    const handler: HandlerDefinition = { method, eventType: typeof eventType === 'object' ? eventType : undefined };
    if (type === undefined) catchAll = handler;
    else handlers.set(type, handler);
  }
  return { handlers, catchAll };
}

function handledMethods(functionClass: ClassOf): readonly string[] {
  return (readMetadata<readonly RecordedHandler[]>(functionClass, handlersMetadataKey) ?? []).map(({ method }) => method);
}

function readOnSubscribe(functionClass: ClassOf, problems: StatefunError[]): string | undefined {
  const methods = [...new Set(readMetadata<readonly string[]>(functionClass, onSubscribeMetadataKey) ?? [])];
  appendAll(problems, checkMethods(functionClass, 'OnSubscribe', methods));
  const [first, second] = methods;
  if (second !== undefined) {
    const summary = `class ${functionClass.name} answers subscribers in both ${first}() and ${second}().`;
    problems.push(problem('DUPLICATE_HANDLER', summary, { className: functionClass.name }));
  }
  return first;
}

function readPolicy(recorded: RecordedFunction, problems: StatefunError[]): FailurePolicy | undefined {
  try {
    return toFailurePolicy(recorded.options);
  } catch (error) {
    if (!StatefunError.is(error)) throw error;
    problems.push(error);
    return undefined;
  }
}

function problem(
  code: 'NOT_A_FUNCTION_CLASS' | 'INVALID_FUNCTION_TYPE' | 'FUNCTION_WITHOUT_HANDLERS' | 'DUPLICATE_HANDLER',
  text: string,
  facts: ErrorFacts = {},
): StatefunError {
  return new StatefunError(code, text, { facts });
}

import type { EventType } from '../../envelope/event-type.ts';
import { readForwarder } from '../../forwarders/forwarder-decorator.ts';
import { isFunctionClass, readDefinition } from '../../functions/function-definition.ts';
import { StatefunError } from '../../shared/errors.ts';
import type { ClassOf } from '../../shared/metadata.ts';

interface Use {
  readonly className: string;
  readonly eventType: EventType;
}

/** Reports event types with two schemas: a forwarder would accept an event that a function then refuses. */
export function checkEventTypes(functions: readonly ClassOf[], forwarders: readonly ClassOf[]): readonly StatefunError[] {
  const first = new Map<string, Use>();
  const reported = new Set<string>();
  return [...functions.flatMap(handledTypes), ...forwarders.flatMap(forwardedTypes)].flatMap((use) => {
    const { type, schema } = use.eventType;
    // A type without a schema checks nothing, so it contradicts no other.
    if (schema === undefined) return [];
    const before = first.get(type);
    if (before === undefined) first.set(type, use);
    if (before === undefined || before.eventType.schema === schema || reported.has(type)) return [];
    reported.add(type);
    const classNames = [before.className, use.className];
    const summary = `the event type "${type}" is defined twice, with different schemas: one is used by class ${classNames.join(', the other by class ')}.`;
    return [new StatefunError('EVENT_TYPE_CONFLICT', summary, { facts: { type, classNames } })];
  });
}

function handledTypes(functionClass: ClassOf): readonly Use[] {
  if (!isFunctionClass(functionClass)) return [];
  const { definition } = readDefinition(functionClass);
  const handlers = [...(definition?.handlers.values() ?? [])];
  return handlers.flatMap(({ eventType }) => (eventType === undefined ? [] : [{ className: functionClass.name, eventType }]));
}

function forwardedTypes(forwarderClass: ClassOf): readonly Use[] {
  const eventTypes = typeof forwarderClass === 'function' ? readForwarder(forwarderClass)?.eventTypes : undefined;
  return (eventTypes ?? []).map((eventType) => ({ className: forwarderClass.name, eventType }));
}

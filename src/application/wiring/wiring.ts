import type { Egress } from '../../egress/egress.ts';
import type { RegisteredForwarder } from '../../forwarders/router.ts';
import type { FunctionDefinition } from '../../functions/function-definition.ts';
import type { FunctionRegistry } from '../../functions/function-registry.ts';
import type { Ingress } from '../../ingress/ingress.ts';
import type { CellKind } from '../../state/cell.ts';

/**
 * The declared flow of events through an application. The targets of forwarders and functions, and the egresses that functions use, are
 * decided while events are handled and are not part of it.
 */
export interface Wiring {
  readonly application: string;
  readonly ingress: readonly WiredIngress[];
  /** The forwarders, in the order in which the router calls them. */
  readonly forwarders: readonly WiredForwarder[];
  /** The functions, sorted by type. */
  readonly functions: readonly WiredFunction[];
  /** Functions that other processes serve. */
  readonly remote: readonly WiredRemote[];
  readonly egress: readonly WiredEgress[];
}

/** An ingress of an application. */
export interface WiredIngress {
  readonly id: string;
  readonly description: string;
  readonly format: 'cloudevent' | 'envelope' | 'custom';
}

/** A forwarder of an application. */
export interface WiredForwarder {
  readonly name: string;
  /** The declared event types, empty if the method `accept` decides. */
  readonly eventTypes: readonly string[];
  /** The function type that all its messages are for; absent where its code decides. */
  readonly target?: string;
}

/** A function of an application. */
export interface WiredFunction {
  readonly type: string;
  readonly className: string;
  /** Event types with a handler, sorted. */
  readonly handles: readonly string[];
  /** Whether one handler takes every other event. */
  readonly catchAll: boolean;
  /** Whether the function sends its current event to new subscribers. */
  readonly onSubscribe: boolean;
  /** The cells. Undefined if the function could not be created with stand-ins. */
  readonly state: readonly { readonly name: string; readonly kind: CellKind }[] | undefined;
}

/** Functions that another process serves. */
export interface WiredRemote {
  /** A function type, or `namespace/*` for all types of a namespace. */
  readonly functions: string;
  readonly description: string;
}

/** An egress of an application. */
export interface WiredEgress {
  readonly id: string;
  readonly description: string;
  readonly format: 'cloudevent' | 'envelope';
}

export interface WiringParts {
  readonly application: string;
  readonly ingress: readonly Ingress[];
  readonly forwarders: readonly RegisteredForwarder[];
  readonly functions: FunctionRegistry;
  readonly definitions: readonly FunctionDefinition[];
  readonly egress: readonly Egress[];
}

/** Creates the wiring of an application as values that can be printed. */
export function createWiring({ application, ingress, forwarders, functions, definitions, egress }: WiringParts): Wiring {
  return {
    application,
    ingress: ingress.map(({ id, description, format = 'cloudevent' }) => ({
      id,
      description,
      format: typeof format === 'function' ? 'custom' : format,
    })),
    forwarders: forwarders.map(({ name, eventTypes = [], target }) => ({
      name,
      eventTypes: eventTypes.map(({ type }) => type),
      ...(target === undefined ? {} : { target }),
    })),
    functions: definitions
      .map((definition) => wiredFunction(definition, functions))
      .sort((left, right) => (left.type < right.type ? -1 : 1)),
    remote: functions.remote(),
    egress: egress.map(({ id, description, format = 'cloudevent' }) => ({ id, description, format })),
  };
}

/** Functions that a forwarder probably sends to: the declared one, else those that handle its event types. */
export function targetsOf(wiring: Wiring, { eventTypes, target }: WiredForwarder): readonly string[] {
  if (target !== undefined) return [target];
  return [...new Set(eventTypes.flatMap((eventType) => likelyTargets(wiring, eventType).map(({ type }) => type)))];
}

/** Returns the probable targets of an event type: functions with a handler for it, else functions that handle every event. */
export function likelyTargets({ functions }: Wiring, eventType: string): readonly WiredFunction[] {
  const handling = functions.filter(({ handles }) => handles.includes(eventType));
  return handling.length > 0 ? handling : functions.filter(({ catchAll }) => catchAll);
}

function wiredFunction(definition: FunctionDefinition, functions: FunctionRegistry): WiredFunction {
  const cells = functions.get(definition.type)?.cells;
  return {
    type: definition.type,
    className: definition.class.name,
    handles: [...definition.handlers.keys()].sort(),
    catchAll: definition.catchAll !== undefined,
    onSubscribe: definition.onSubscribe !== undefined,
    // Cells without a property belong to the framework.
    state: cells?.filter(({ property }) => property !== undefined).map(({ name, kind }) => ({ name, kind })),
  };
}

import { createRequire } from 'node:module';
import type { CloudEvent as SdkCloudEvent, CloudEventV1 } from 'cloudevents';

/**
 * A CloudEvents 1.0 event for functions and forwarders: a plain frozen object with the attributes of the specification, the extensions, and
 * parsed `data`. Its type is that of the `cloudevents` package, with `data` present.
 *
 * Binary data is base64 text in `data_base64`, as in CloudEvents JSON, and `data` is absent. When the content type is JSON, `data` is the parsed
 * JSON, and `data_base64` is absent.
 */
export interface CloudEvent<T = unknown> extends CloudEventV1<T> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly specversion: string;
  readonly data: T;
}

/** Optional attributes of an event. */
export interface EventAttributes {
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  readonly time?: string | undefined;
  readonly subject?: string | undefined;
  readonly datacontenttype?: string | undefined;
  readonly dataschema?: string | undefined;
  /** Extensions. Their names consist of lower-case letters and digits. */
  readonly [extension: string]: unknown;
}

/**
 * An event to send. Sending fills in missing attributes: `id` from the message id (so it is the same in every attempt), `source` from the event
 * type or the sender (`/<type>/<id>` of a function, percent-encoded), `time` from the clock, `datacontenttype` with `application/json`.
 */
export interface NewEvent<T = unknown> extends EventAttributes {
  readonly type: string;
  readonly data: T;
}

/** Constructs a {@link CloudEvent}. */
export interface CloudEventConstructor {
  /**
   * Creates an event with the given attributes. A missing `id` is random and a missing `time` is that of the machine, so code that may run again
   * uses {@link NewEvent} instead. Throws a TypeError for a value that is not a CloudEvent, unless `strict` is false.
   */
  new <T = undefined>(attributes: Partial<CloudEventV1<T>>, strict?: boolean): CloudEvent<T>;
}

let sdkClass: typeof SdkCloudEvent | undefined;

/** Returns the class of the package `cloudevents`. Loading it takes longer than the rest of the framework, and few applications build events by hand. */
function loadSdkClass(): typeof SdkCloudEvent {
  sdkClass ??= (createRequire(import.meta.url)('cloudevents') as { readonly CloudEvent: typeof SdkCloudEvent }).CloudEvent;
  return sdkClass;
}

/** A function can be constructed, and a proxy may return any value for its `prototype`, which a class does not allow. */
const placeholder = function CloudEvent(): void {};

// Instances of the package have `data` whenever it is given, which their type cannot express.
/** Builds an event by hand, with the class of the package `cloudevents`. */
export const CloudEvent = new Proxy(placeholder, {
  construct: (_target, parameters, newTarget) =>
    Reflect.construct(loadSdkClass(), parameters, newTarget === CloudEvent ? loadSdkClass() : newTarget) as object,
  get: (_target, key) => Reflect.get(loadSdkClass(), key) as unknown,
  has: (_target, key) => Reflect.has(loadSdkClass(), key),
}) as unknown as CloudEventConstructor;

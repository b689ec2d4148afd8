import { CloudEvent as SdkCloudEvent, type CloudEventV1 } from 'cloudevents';

/**
 * A CloudEvents 1.0 event as functions and forwarders see it: a plain frozen object with the attributes of the specification,
 * extensions beside them and `data` already parsed. The type is that of the `cloudevents` package with `data` present.
 *
 * Binary data stays what CloudEvents JSON makes of it: base64 text in `data_base64`, while `data` is absent. Where the content type says that
 * the bytes are JSON, `data` is what they say, and `data_base64` is absent.
 */
export interface CloudEvent<T = unknown> extends CloudEventV1<T> {
  readonly id: string;
  readonly source: string;
  readonly type: string;
  readonly specversion: string;
  readonly data: T;
}

/** What an event may carry beside its type and data. */
export interface EventAttributes {
  readonly id?: string | undefined;
  readonly source?: string | undefined;
  readonly time?: string | undefined;
  readonly subject?: string | undefined;
  readonly datacontenttype?: string | undefined;
  readonly dataschema?: string | undefined;
  /** Names of lower-case letters and digits. */
  readonly [extension: string]: unknown;
}

/**
 * An event about to be sent. What is missing is filled in when it is sent: `id` from the message id (so it is the same on every
 * attempt), `source` from the event type or the sender (`/<type>/<id>` of a function, percent-encoded), `time` from the clock,
 * `datacontenttype` with `application/json`.
 */
export interface NewEvent<T = unknown> extends EventAttributes {
  readonly type: string;
  readonly data: T;
}

/** How an event is built by hand; see {@link CloudEvent}. */
export interface CloudEventConstructor {
  /**
   * The event with the given attributes; a missing `id` is a random one and a missing `time` is that of the machine, so code that may run
   * again uses {@link NewEvent} instead. Throws a TypeError for what is not a CloudEvent, unless `strict` is false.
   */
  new <T = undefined>(attributes: Partial<CloudEventV1<T>>, strict?: boolean): CloudEvent<T>;
}

// The package's instances have `data` whenever they are given it, which its type cannot say. Only the public entry point imports this file
// by value: everything else imports its types, so that the package (a tenth of a second) is loaded only where events are built by hand.
export const CloudEvent = SdkCloudEvent as unknown as CloudEventConstructor;

import type { CloudEvent } from '../envelope/cloud-event.ts';

/** An event that was sent to an egress. */
export interface EgressedEvent {
  readonly egressId: string;
  /** The partition key. */
  readonly key: string | undefined;
  readonly event: CloudEvent;
}

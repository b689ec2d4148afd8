import { cloudEventTypename } from '../../envelope/typed-value-event.ts';
import type { Ingress } from '../../ingress/ingress.ts';
import { envelopeTypename } from '../../request-reply/serving/classes/envelope-values.ts';

// Names of an application in a cluster. They are in module files and in Flink's state, so they must not change.

/** Returns the namespace of an application's own parts. Other characters would need escaping in URLs. */
function namespaceOf(application: string): string {
  return application.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-|-$/g, '') || 'application';
}

/** Returns the type of the function that every ingress targets. It runs the forwarders. */
export function routerType(application: string): string {
  return `${namespaceOf(application)}/router`;
}

/** Returns the id of the egress for dead letters. */
export function deadLetterEgressId(application: string): string {
  return `${namespaceOf(application)}/dead-letters`;
}

/** Returns the default stream or topic for dead letters. */
export function deadLetterStream(application: string): string {
  return `${namespaceOf(application)}-dead-letters`;
}

/** Returns the typename of an ingress's records. The router chooses the format by it, so a custom format has its own typename. */
export function recordTypename({ id, format = 'cloudevent' }: Pick<Ingress, 'id' | 'format'>): string {
  if (format === 'cloudevent') return cloudEventTypename;
  if (format === 'envelope') return envelopeTypename;
  return `statefun.ingress/${encodeURIComponent(id.toWellFormed())}`;
}

/** The egress of StateFun's playground. */
export const playgroundEgressId = 'io.statefun.playground/egress';

/** Returns the topic of an egress in the playground: its name without the namespace. */
export function playgroundTopic(egressId: string): string {
  return egressId.slice(egressId.indexOf('/') + 1);
}

import { cloudEventTypename } from '../../envelope/typed-value-event.ts';
import type { Ingress } from '../../ingress/ingress.ts';
import { envelopeTypename } from '../../request-reply/serving/classes/envelope-values.ts';

// What an application is called in a cluster. All of it is in module.yaml and in Flink's state, so none of it may change.

/** The application as the namespace of its own parts: other characters than these would have to be escaped in URLs. */
function namespaceOf(application: string): string {
  return application.replace(/[^A-Za-z0-9._-]+/g, '-').replace(/^-|-$/g, '') || 'application';
}

/** The function that every ingress targets: it asks the forwarders. */
export function routerType(application: string): string {
  return `${namespaceOf(application)}/router`;
}

/** Where messages go that were given up. */
export function deadLetterEgressId(application: string): string {
  return `${namespaceOf(application)}/dead-letters`;
}

/** The stream or topic of the dead letters, where nothing else is set. */
export function deadLetterStream(application: string): string {
  return `${namespaceOf(application)}-dead-letters`;
}

/** The typename of records of an ingress. It says how the router opens them, so one with a format of its own has one of its own. */
export function recordTypename({ name, format = 'cloudevent' }: Pick<Ingress, 'name' | 'format'>): string {
  if (format === 'cloudevent') return cloudEventTypename;
  if (format === 'envelope') return envelopeTypename;
  return `statefun.ingress/${encodeURIComponent(name.toWellFormed())}`;
}

/** The egress and ingress of StateFun's playground. */
export const playgroundEgressId = 'io.statefun.playground/egress';

/** The topic of an egress in the playground: its name without the namespace. */
export function playgroundTopic(egressId: string): string {
  return egressId.slice(egressId.indexOf('/') + 1);
}

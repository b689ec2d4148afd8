import { completeEvent, type EventDefaults } from '../envelope/complete-event.ts';
import { Envelope } from '../envelope/envelope.ts';
import { isUriReference } from '../envelope/uri.ts';
import type { Address } from '../shared/address.ts';
import { subscriptionEvent, type SubscriptionRequest, type SubscriptionSettings } from './subscriptions.ts';

/** Bytes of a subscription event besides the texts that vary. */
const fixedBytes = 320;

/** The settings that were checked last. An application has one. */
let checked: { readonly settings: SubscriptionSettings; readonly isPlain: boolean } | undefined;

/**
 * Returns the content of a message with a request. Its event is made when something needs it: most requests are handled in this process without it.
 * Returns undefined when making the event could fail, because of the settings or the request. Then it has to be made at once.
 */
export function requestContent(
  settings: SubscriptionSettings,
  { action, correlationId }: SubscriptionRequest,
  subscriber: Address,
  publisher: Address,
  defaults: () => EventDefaults,
): Envelope | undefined {
  if (checked?.settings !== settings) checked = { settings, isPlain: isPlain(settings) };
  if (!checked.isPlain || (correlationId !== null && typeof correlationId !== 'string')) return undefined;
  const texts = 2 * (subscriber.type.length + subscriber.id.length) + publisher.type.length + publisher.id.length;
  const bytes = fixedBytes + settings.eventType.length + settings.sourcePrefix.length + texts + (correlationId?.length ?? 0);
  return Envelope.ofEventMadeLater(() => {
    return completeEvent(subscriptionEvent(settings, action, subscriber, publisher, correlationId ?? undefined), defaults());
  }, bytes);
}

/** Whether every event with these settings is valid: a path can follow the prefix. */
function isPlain({ eventType, sourcePrefix }: SubscriptionSettings): boolean {
  if (typeof eventType !== 'string' || eventType === '' || typeof sourcePrefix !== 'string') return false;
  return sourcePrefix === '/' || (/[^/:]\/$/.test(sourcePrefix) && isUriReference(`${sourcePrefix}a`));
}

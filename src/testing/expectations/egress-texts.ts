import type { EgressedEvent } from '../egressed-event.ts';

const texts = new WeakMap<EgressedEvent, string>();

/** Remembers the text of an egress event. */
export function rememberText(event: EgressedEvent, text: string): void {
  texts.set(event, text);
}

/** Returns an egress event as one line of JSON, with all digits of its numbers, which its values may not hold. */
export function lineOf(event: EgressedEvent): string {
  return (texts.get(event) ?? JSON.stringify(event.event)).replace(/[\r\n]+/g, '');
}

import type { EgressedEvent } from '../egressed-event.ts';

const texts = new WeakMap<EgressedEvent, string>();

/** Remembers the text that an event left as. */
export function rememberText(event: EgressedEvent, text: string): void {
  texts.set(event, text);
}

/** An event as it left, on one line of JSON: each digit of its numbers is there, which its values may not hold. */
export function lineOf(event: EgressedEvent): string {
  return (texts.get(event) ?? JSON.stringify(event.event)).replace(/[\r\n]+/g, '');
}

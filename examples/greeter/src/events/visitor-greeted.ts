import { eventType } from 'statefun';

/** A greeting, and how often its visitor has been here. */
export interface Greeting {
  readonly name: string;
  readonly visits: number;
  readonly text: string;
}

/** A visitor was greeted. Leaves the application; nothing here receives it, so it has no schema. */
export const VisitorGreeted = eventType<Greeting>('example.visitor-greeted');

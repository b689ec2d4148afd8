import { eventType } from 'statefun';
import { z } from 'zod';

const visitSchema = z.object({
  /** Who it is; there is one greeter for each name. */
  name: z.string().min(1),
});

/** What is known about a visit. */
export type Visit = z.infer<typeof visitSchema>;

/** Somebody came in. Comes from outside, so its data is checked before a forwarder or a function sees it. */
export const VisitorCame = eventType('example.visitor-came', visitSchema);

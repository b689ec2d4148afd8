import { Handles, Persisted, PersistedValue, StatefunFunction, type Context, type EventOf } from 'statefun';
import { VisitorCame } from '../events/visitor-came.ts';
import { VisitorGreeted } from '../events/visitor-greeted.ts';

/** The egress that greetings leave through. */
export const greetingsEgress = 'example/greetings';

/** Greets one visitor, and knows how often they have been here. */
@StatefunFunction('example/greeter')
export class GreeterFunction {
  @Persisted() private readonly visits = PersistedValue.of<number>();

  @Handles(VisitorCame)
  onVisitor({ data: { name } }: EventOf<typeof VisitorCame>, context: Context): void {
    const visits = this.visits.getOrDefault(0) + 1;
    this.visits.set(visits);
    const text = visits === 1 ? `Welcome, ${name}!` : `Good to see you again, ${name}.`;
    context.egress(greetingsEgress, VisitorGreeted.create({ name, visits, text }));
  }
}

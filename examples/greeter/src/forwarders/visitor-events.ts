import { Forwarder, type CloudEvent, type Downstream, type EventForwarder } from 'statefun';
import { VisitorCame, type Visit } from '../events/visitor-came.ts';
import { GreeterFunction } from '../functions/greeter-function.ts';

/** Every visitor has a greeter of their own. */
@Forwarder(VisitorCame)
export class VisitorEvents implements EventForwarder<Visit> {
  forward(event: CloudEvent<Visit>, downstream: Downstream): void {
    downstream.send(GreeterFunction, event.data.name, event);
  }
}

import { CloudEvent } from 'cloudevents';

/** The package accepts an event when its strict constructor does, and its `validate` finds the event as it came complete. */
export function isValidForPackage(event: object): boolean {
  try {
    new CloudEvent(event);
    return CloudEvent.prototype.validate.call(event);
  } catch {
    return false;
  }
}

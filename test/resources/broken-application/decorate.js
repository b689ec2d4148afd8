import { Handles } from 'statefun';

/** `@Handles(eventType)` on a method. */
export function handles(functionClass, method, eventType) {
  Handles(eventType)(functionClass.prototype, method, Object.getOwnPropertyDescriptor(functionClass.prototype, method));
}

import { StatefulFunctions } from 'statefun/serving';
import { greet, greetState } from './greet.ts';
import { Greeter } from './greeter.ts';

/** Both greeters. They have a type each, and so a session each of the same user. */
export function createFunctions(): StatefulFunctions {
  const functions = new StatefulFunctions();
  functions.bind('demo/greeter', greet, { state: greetState });
  functions.register('demo/greeter-object', new Greeter());
  return functions;
}

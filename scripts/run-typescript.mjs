// Runs a TypeScript file of this repository on the sources, as the unit tests do: no build, and 'statefun' means src/.
//
//   node --conditions=@statefun/source --import ./scripts/run-typescript.mjs test/simulation/run.ts
import { register } from 'node:module';

register('./typescript-hooks.mjs', import.meta.url);

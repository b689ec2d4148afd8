// Starts the functions and the engine, sends four logins, prints the greetings, and stops both.
import { fileURLToPath } from 'node:url';
import { runGreeter } from '../../scripts/greeter-demo.mjs';

await runGreeter({
  folder: fileURLToPath(new URL('.', import.meta.url)),
  functions: { what: 'the functions', command: process.execPath, parameters: ['dist/serve.js'] },
  ports: { functions: 8010, ingress: 8092, egress: 8093 },
  logins: [
    ...['Ada', 'Bob', 'Ada'].map((user) => ({ type: 'demo/greeter', user })),
    // The same greeter, written as an object.
    { type: 'demo/greeter-object', user: 'Ada' },
  ],
});

import { fileURLToPath } from 'node:url';
import { defineApplication, fileIngress, stdoutEgress } from 'statefun';
import { greetingsEgress } from './functions/greeter-function.ts';

/**
 * The application, and where its events come from and go to. A value: importing it starts nothing.
 *
 * On Kinesis: `npm install @aws-sdk/client-kinesis @smithy/node-http-handler`, import `kinesisIngress` and `kinesisEgress` from
 * `statefun/kinesis`, and write `kinesisIngress({ stream: 'visitors' })` and `kinesisEgress(greetingsEgress, { stream: 'greetings' })`
 * below. Nothing else changes.
 */
export default defineApplication({
  scan: [new URL('./functions/', import.meta.url), new URL('./forwarders/', import.meta.url)],
  ingress: [
    fileIngress({
      id: 'visitors',
      // Beside package.json, wherever the application is started: this file runs in dist/src.
      path: fileURLToPath(new URL('../../events.jsonl', import.meta.url)),
      // `npm run dev` waits for more lines; `npm start` ends after the last one.
      follow: process.env['NODE_ENV'] === 'development',
    }),
  ],
  egress: [stdoutEgress(greetingsEgress)],
});

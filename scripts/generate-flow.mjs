// Writes the picture of the flow into README.md and ARCHITECTURE.md: what `statefun graph examples/shopping-cart --format mermaid` prints. With
// --check it writes nothing and exits with 1 when one of them differs.
//
//   node --conditions=@statefun/source --import ./scripts/run-typescript.mjs scripts/generate-flow.mjs
//
// It runs on the sources, so it works before the first build.
import { readFileSync, writeFileSync } from 'node:fs';
import application from '../examples/shopping-cart/src/application.ts';
import { assembleApplication } from '../src/application/assemble.ts';
import { wiringMermaid } from '../src/application/wiring/wiring-mermaid.ts';

const marker = '<!-- Written by npm run generate. -->';
const functionsToEgress = '  functions -.-> egress';
/** What the engine does between functions and egress; `statefun graph` shows the application alone. */
const throughCommit = [
  '  commit[("commit<br/>state, messages, egress records, positions:<br/>one frame of the log, one sync")]',
  '  functions --> commit',
  '  commit --> egress',
].join('\n');

const flow = await printFlow();
if (!flow.includes(functionsToEgress)) throw new Error(`the graph has no line "${functionsToEgress}":\n${flow}`);

write('README.md', flow);
write('ARCHITECTURE.md', flow.replace(functionsToEgress, throughCommit));

/** As `statefun graph` prints it, which takes only what is built. */
async function printFlow() {
  // Without an environment, so that a stream that somebody has set for a deployment is not in the picture.
  const { wiring } = await assembleApplication(application, { dryRun: true });
  return wiringMermaid(wiring);
}

function write(name, picture) {
  const path = new URL(`../${name}`, import.meta.url);
  const before = readFileSync(path, 'utf8');
  const block = new RegExp(`${marker}\n\n\`\`\`mermaid\n[^]*?\`\`\`\n`);
  if (!block.test(before)) throw new Error(`${name} has no Mermaid block after "${marker}"`);
  const after = before.replace(block, () => `${marker}\n\n\`\`\`mermaid\n${picture}\`\`\`\n`);
  if (after === before) return;
  if (process.argv.includes('--check')) {
    console.error(`The picture in ${name} differs from what statefun graph prints. Run: npm run generate`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, after);
  }
}

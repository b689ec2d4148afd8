// Writes docs/errors.md from src/shared/error-registry.ts. With --check it writes nothing and exits with 1 when they differ.
//
// The registry imports nothing, so its one file is compiled in memory. This works before the first build, on every supported Node.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const registry = fileURLToPath(new URL('../src/shared/error-registry.ts', import.meta.url));
const target = fileURLToPath(new URL('../docs/errors.md', import.meta.url));

const outcomes = {
  retry: 'retry: trying again can help, and the engine does so with back-off',
  'give-up': 'give up: trying again cannot help; a message becomes a dead letter, a call is refused',
  stop: 'stop: the engine, or the start of the application, stops',
};

const source = readFileSync(registry, 'utf8');
const document = toDocument(await loadEntries(source), readRooms(source));

if (!process.argv.includes('--check')) {
  mkdirSync(new URL('../docs/', import.meta.url), { recursive: true });
  writeFileSync(target, document);
} else if (readIfThere(target) !== document) {
  console.error('docs/errors.md differs from src/shared/error-registry.ts. Run: npm run generate');
  process.exitCode = 1;
}

/** Code -> { text, hint, outcome }, in the order of the file. */
async function loadEntries(typescript) {
  const { code } = transformSync(typescript, { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } });
  const { errorRegistry } = await import(`data:text/javascript;base64,${Buffer.from(code).toString('base64')}`);
  return Object.entries(errorRegistry);
}

/** Code -> room. The room is the last comment above an entry that is alone on its line: "// shared". */
function readRooms(typescript) {
  const rooms = new Map();
  let room = 'shared';
  const lines = typescript.split('\n');
  for (const line of lines.slice(lines.findIndex((text) => text.includes('export const errorRegistry')))) {
    room = /^ {2}\/\/ ([a-z-]+(?:\/[a-z-]+)*)(?:$|[ :,.])/.exec(line)?.[1] ?? room;
    const code = /^ {2}([A-Z][A-Z0-9_]*):/.exec(line)?.[1];
    if (code !== undefined) rooms.set(code, room);
  }
  return rooms;
}

function toDocument(entries, rooms) {
  const byRoom = new Map();
  for (const [code, entry] of entries) {
    const room = rooms.get(code);
    if (room === undefined)
      throw new Error(`error-registry.ts: the entry of ${code} does not start on a line of its own, indented by two spaces.`);
    byRoom.set(room, [...(byRoom.get(room) ?? []), [code, entry]]);
  }
  const sections = [...byRoom].map(([room, list]) => [`## ${room}`, ...list.map(toSection)].join('\n\n'));
  return `${[introduction(entries.length), ...sections].join('\n\n')}\n`;
}

function introduction(count) {
  return `# Errors

<!-- Written by \`npm run generate\` from src/shared/error-registry.ts. Do not edit. -->

Every error of the framework is a \`StatefunError\` with a stable \`code\`, a text that names the values concerned, a \`hint\` that says what to
do next, and the same values as fields in \`facts\`. Its \`outcome\` says what the system does about it:

${Object.values(outcomes)
  .map((text) => text.replace(/^([^:]+):(.*)$/, '- **$1**:$2.'))
  .join('\n')}

The ${count} codes are grouped by the folder of \`src/\` that raises them. A code is never used again for something else.`;
}

function toSection([code, { text, hint, outcome }]) {
  return `### ${code}

${text}

What to do: ${hint}

Outcome: ${outcomes[outcome]}.`;
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

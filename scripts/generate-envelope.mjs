// Writes src/envelope/generated/envelope-message.ts from src/envelope/envelope.proto with protobufjs' pbjs and pbts.
//
// With --check it writes nothing and exits with 1 when the file in the repository is not what the .proto gives.
//
// pbjs writes JavaScript, which a plain `tsc` build neither checks nor copies to dist. So the code becomes one .ts file: what pbjs wrote,
// unchecked and unexported, and below it the one export, typed with the fields that pbts found.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pbjs from 'protobufjs-cli/pbjs.js';
import pbts from 'protobufjs-cli/pbts.js';

const proto = fileURLToPath(new URL('../src/envelope/envelope.proto', import.meta.url));
const target = fileURLToPath(new URL('../src/envelope/generated/envelope-message.ts', import.meta.url));

const left = ['create', 'verify', 'convert', 'delimited', 'typeurl', 'service'].map((name) => `--no-${name}`);

async function generate() {
  const folder = mkdtempSync(join(tmpdir(), 'statefun-envelope-'));
  try {
    const code = join(folder, 'envelope.js');
    await promisify(pbjs.main)(['-t', 'static-module', '-w', 'esm', '-r', 'statefun', '--alt-comment', ...left, '-o', code, proto]);
    const types = await promisify(pbts.main)([code]);
    return compose(readFileSync(code, 'utf8'), types);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function compose(code, types) {
  const body = code
    .replace(/^\/\*eslint-disable.*\n/, '')
    .replace('export const statefun =', 'const statefun =')
    .replace(/\nexport \{\s*\$root as default\s*\};?\s*$/, '\n');
  const fields = /interface \$Properties \{([\s\S]*?)\n {8}\}/.exec(types)?.[1];
  if (/^export /m.test(body) || fields === undefined)
    throw new Error('pbjs or pbts writes another shape of code; adapt scripts/generate-envelope.mjs');
  const properties = fields
    .split('\n')
    .filter((line) => !line.includes('$unknowns') && !line.includes('Unknown fields'))
    .join('\n')
    .replace(/^ {12}/gm, '  ')
    .trim();
  return `// Written by scripts/generate-envelope.mjs from ../envelope.proto. Do not edit: \`node scripts/generate-envelope.mjs\` writes it again.
// @ts-nocheck: what protobufjs wrote is JavaScript. Only the export at the end is for others, and it is typed.
${body}
/** The fields of an envelope; absent optional ones are null or undefined. */
export interface EnvelopeFields {
  ${properties}
}

/** Reads and writes the bytes of an envelope. */
export const EnvelopeMessage: {
  encode(fields: EnvelopeFields, writer?: $protobuf.Writer): $protobuf.Writer;
  decode(reader: $protobuf.Reader | Uint8Array, length?: number): EnvelopeFields;
} = statefun.Envelope;
`;
}

const generated = await generate();
if (!process.argv.includes('--check')) {
  writeFileSync(target, generated);
} else if (readFileSync(target, 'utf8') !== generated) {
  console.error(
    'src/envelope/generated/envelope-message.ts is not what src/envelope/envelope.proto gives. Run: node scripts/generate-envelope.mjs',
  );
  process.exitCode = 1;
}

// Writes src/envelope/generated/envelope-message.ts from src/envelope/envelope.proto with protobufjs' pbjs and pbts.
//
// The file has a digest of its inputs (the .proto, this script, the locked pbjs) and of its code. If the digest is right, nothing is done. With
// --check nothing is written, and a wrong digest exits with 1: the .proto has changed, or the code was edited. So only a changed .proto needs
// pbjs, which this script then installs (scripts/envelope-generator).
//
// pbjs writes JavaScript, which a plain `tsc` build neither checks nor copies to dist. So the code becomes one .ts file: the output of pbjs,
// unchecked and unexported, and below it the one export, with the types of pbts.
import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { installPackages } from './suite-packages.mjs';

const pathOf = (path) => fileURLToPath(new URL(`../${path}`, import.meta.url));
const generator = pathOf('scripts/envelope-generator');
const proto = pathOf('src/envelope/envelope.proto');
const target = pathOf('src/envelope/generated/envelope-message.ts');
const inputs = [proto, fileURLToPath(import.meta.url), join(generator, 'package-lock.json')];

const digestLine = /^\/\/ Digest: ([0-9a-f]{64})\n/m;

/** Whether the file in the repository was written from the present inputs, and was not edited. */
function fits() {
  const text = readFileSync(target, 'utf8');
  return digestLine.exec(text)?.[1] === digestOf(text.replace(digestLine, ''));
}

function digestOf(code) {
  const hash = createHash('sha256');
  for (const text of [...inputs.map((path) => readFileSync(path, 'utf8')), code]) hash.update(`${text.length}\n${text}`);
  return hash.digest('hex');
}

const left = ['create', 'verify', 'convert', 'delimited', 'typeurl', 'service'].map((name) => `--no-${name}`);

async function generate() {
  const reason = await installPackages(generator);
  if (reason !== undefined) throw new Error(`pbjs could not be installed: ${reason}`);
  const require = createRequire(join(generator, 'package.json'));
  const pbjs = require('protobufjs-cli/pbjs.js');
  const pbts = require('protobufjs-cli/pbts.js');
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

if (!fits()) {
  if (process.argv.includes('--check')) {
    console.error(
      'src/envelope/generated/envelope-message.ts is not what src/envelope/envelope.proto gives. Run: node scripts/generate-envelope.mjs',
    );
    process.exitCode = 1;
  } else {
    const code = await generate();
    writeFileSync(target, code.replace('\n', `\n// Digest: ${digestOf(code)}\n`));
  }
}

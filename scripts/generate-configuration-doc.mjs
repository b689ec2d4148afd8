// Writes docs/configuration.md and schema/application.schema.json from src/configuration/settings.ts. With --check it writes
// nothing and exits with 1 when one of them differs.
//
// The registry imports only files without dependencies, so it is compiled in memory: this works before the first build.
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { transformSync } from '@swc/core';

const folder = new URL('../src/configuration/', import.meta.url);
const { settings } = await load(new URL('settings.ts', folder));
const { bytesText, durationText, expectationOf } = await load(new URL('setting-definition.ts', folder));
const { variableOf } = await load(new URL('key-path.ts', folder));

const targets = [
  ['docs/configuration.md', toDocument()],
  ['schema/application.schema.json', `${JSON.stringify(toSchema(), undefined, 2)}\n`],
];
for (const [name, text] of targets) {
  const path = new URL(`../${name}`, import.meta.url);
  if (!process.argv.includes('--check')) {
    mkdirSync(new URL('./', path), { recursive: true });
    writeFileSync(path, text);
  } else if (readIfThere(path) !== text) {
    console.error(`${name} differs from src/configuration/settings.ts. Run: npm run generate`);
    process.exitCode = 1;
  }
}

/** Imports a TypeScript file and what it imports, compiled in memory. */
async function load(url) {
  return import(compile(url));
}

function compile(url) {
  const source = readFileSync(fileURLToPath(url), 'utf8');
  const options = { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' }, module: { type: 'es6' } };
  const { code } = transformSync(source, options);
  const linked = code.replace(/(from\s+')(\.[^']+)(')|(from\s+")(\.[^"]+)(")/g, (_, a, single, b, c, double, d) => {
    return `${a ?? c}${compile(new URL(single ?? double, url))}${b ?? d}`;
  });
  return `data:text/javascript;base64,${Buffer.from(linked).toString('base64')}`;
}

function toDocument() {
  const head = readFileSync(new URL('configuration-head.md', import.meta.url), 'utf8').trimEnd();
  const sections = [...bySection()].map(([section, entries]) => [`### ${section}`, ...entries.map(toEntry)].join('\n\n'));
  const count = `There are ${settings.size}. Every one can be set in every source; the environment variable is the one named after the key.`;
  return `${[head, '## All settings', count, ...sections].join('\n\n')}\n`;
}

/** Key -> setting, by the first level of the key. */
function bySection() {
  const sections = new Map();
  for (const [key, setting] of settings) {
    const section = key.includes('.') ? key.slice(0, key.indexOf('.')) : 'general';
    sections.set(section, [...(sections.get(section) ?? []), [key, setting]]);
  }
  return sections;
}

function toEntry([key, setting]) {
  const { text, otherKeys = [], variables = [], secret, unsupported } = setting;
  const others = variables.filter(({ shared }) => shared !== true).map(({ name }) => `\`${name}\``);
  const shared = variables.filter((variable) => variable.shared === true).map(({ name }) => `\`${name}\``);
  const facts = [
    `- Value: ${expectationOf(setting)}`,
    `- Default: ${defaultText(setting)}`,
    `- Variable: \`${variableOf(key)}${setting.type === 'map' ? '__<NAME>' : ''}\`${others.length > 0 ? `, also ${others.join(', ')}` : ''}`,
    ...(shared.length > 0 ? [`- Below what the code says: ${shared.join(', ')}, the first that is set`] : []),
    ...(otherKeys.length > 0 ? [`- The same: ${otherKeys.map((other) => `\`${other}\``).join(', ')}`] : []),
    ...(secret === true ? ['- Secret: never shown; prefer a reference, `file:/run/secrets/…`'] : []),
    ...(unsupported === undefined ? [] : [`- Not supported yet: ${unsupported.text}. The start says so where it is asked for.`]),
  ];
  return `#### ${key}\n\n${text}\n\n${facts.join('\n')}`;
}

function defaultText({ type, default: value, defaultText: text, profileDefaults = {} }) {
  const show = (plain) => (type === 'duration' ? durationText(plain) : type === 'bytes' ? bytesText(plain) : JSON.stringify(plain));
  const own = value === undefined ? (text ?? 'none') : `\`${show(value).replace(/^"(.*)"$/, '$1')}\``;
  return [own, ...Object.entries(profileDefaults).map(([profile, other]) => `\`${show(other)}\` in profile ${profile}`)].join('; ');
}

function toSchema() {
  const root = { type: 'object', properties: {}, additionalProperties: true };
  for (const [key, setting] of settings) {
    const levels = key.split('.');
    let at = root;
    for (const level of levels.slice(0, -1)) {
      at.properties[level] ??= { type: 'object', properties: {}, additionalProperties: false };
      at = at.properties[level];
    }
    at.properties[levels.at(-1)] = toProperty(setting);
    for (const other of setting.otherKeys ?? []) at.properties[other.split('.').at(-1)] = toProperty(setting);
  }
  return {
    $schema: 'http://json-schema.org/draft-07/schema#',
    title: 'application.yaml of a statefun application',
    description: 'Generated from the settings of statefun. Other keys on the first level are what an application configures itself.',
    ...root,
  };
}

function toProperty(setting) {
  const { type, text, default: value, min, max, values, pattern } = setting;
  const range = { ...(min === undefined ? {} : { minimum: min }), ...(max === undefined ? {} : { maximum: max }) };
  const reference = { type: 'string', pattern: '^(env:|file:)' };
  const like = (source) => ({ type: 'string', pattern: source });
  const common = { description: `${text} Value: ${expectationOf(setting)}.`, ...(value === undefined ? {} : { default: value }) };
  switch (type) {
    case 'string':
      return pattern === undefined ? { ...common, type: 'string' } : { ...common, anyOf: [like(pattern.source), reference] };
    case 'enum':
      return { ...common, anyOf: [{ enum: values }, reference] };
    case 'boolean':
      return { ...common, anyOf: [{ type: 'boolean' }, reference] };
    case 'integer':
    case 'number':
      return { ...common, anyOf: [{ type, ...range }, reference] };
    case 'duration':
      return { ...common, anyOf: [{ type: 'number', ...range }, like('^\\s*\\d+(\\.\\d+)?\\s*(ms|s|min|m|h|d)\\s*$'), reference] };
    case 'bytes':
      return { ...common, anyOf: [{ type: 'number', ...range }, like('^\\s*\\d+(\\.\\d+)?\\s*([kKmMgG]([iI])?)?[bB]\\s*$'), reference] };
    case 'list':
      return { ...common, anyOf: [{ type: 'array', items: { type: 'string' } }, { type: 'string' }] };
    case 'map':
      return { ...common, type: 'object', additionalProperties: { enum: values } };
    default:
      throw new Error(`a setting of type ${type} cannot be written as JSON Schema`);
  }
}

function readIfThere(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    if (error.code === 'ENOENT') return undefined;
    throw error;
  }
}

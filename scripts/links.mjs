// Checks that every relative link in the documents leads to a file, and every #anchor to a heading of it. A text that names a file, such as
// [engine/engine.ts], must be the end of the path. `npm run snippets` and `npm run snippets:check` run it.
//
//   node scripts/links.mjs [--root FOLDER]
import { existsSync, readFileSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { parseArgs } from 'node:util';

const { values: options } = parseArgs({ options: { root: { type: 'string', default: '.' } } });
const folders = ['docs', 'examples', 'benchmarks', 'interop'];

const problems = findDocuments().flatMap(checkDocument);
if (problems.length > 0) {
  console.error(problems.join('\n'));
  process.exitCode = 1;
}

function findDocuments() {
  const below = folders.filter((folder) => existsSync(join(options.root, folder))).flatMap(filesBelow);
  return [...readdirSync(options.root), ...below].filter((path) => path.endsWith('.md')).sort();
}

function filesBelow(folder) {
  return readdirSync(join(options.root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (!entry.isDirectory()) return [path];
    return ['node_modules', 'dist'].includes(entry.name) || entry.name.startsWith('.') ? [] : filesBelow(path);
  });
}

function checkDocument(document) {
  return withoutCode(readFileSync(join(options.root, document), 'utf8'))
    .split('\n')
    .flatMap((line, index) =>
      Array.from(line.matchAll(/\[([^\][]*)\]\(([^)\s]+)\)/g), ([, text, link]) => findProblem(document, text, link))
        .filter((problem) => problem !== undefined)
        .map((problem) => `${document}:${index + 1}: ${problem}`),
    );
}

function findProblem(document, text, link) {
  if (/^[a-z]+:/.test(link)) return undefined;
  const [path, anchor] = link.split('#');
  const target = path === '' ? document : normalize(join(dirname(document), path));
  if (!existsSync(join(options.root, target))) return `there is no ${target}.`;
  const named = text.replaceAll('`', '');
  if (/^[\w./-]+\.ts$/.test(named) && !`/${target}`.endsWith(`/${named}`))
    return `the text says ${named}, and the link leads to ${target}.`;
  if (anchor === undefined || !target.endsWith('.md') || statSync(join(options.root, target)).isDirectory()) return undefined;
  return headingsOf(target).has(anchor) ? undefined : `${target} has no heading #${anchor}.`;
}

/** The anchors of a document, as GitHub makes them: the second heading of a name gets -1. */
function headingsOf(document) {
  const anchors = new Set();
  for (const [, heading] of withoutCode(readFileSync(join(options.root, document), 'utf8')).matchAll(/^#+ (.+)$/gm)) {
    const plain = heading
      .replace(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-');
    let anchor = plain;
    for (let count = 1; anchors.has(anchor); count += 1) anchor = `${plain}-${count}`;
    anchors.add(anchor);
  }
  return anchors;
}

/** Lines of code blocks are empty: they may show links, and headings. */
function withoutCode(text) {
  let fence;
  return text
    .split('\n')
    .map((line) => {
      const ticks = /^\s*(`{3,})/.exec(line)?.[1];
      if (fence === undefined && ticks === undefined) return line;
      if (fence === undefined) fence = ticks;
      else if (line.trim() === fence) fence = undefined;
      return '';
    })
    .join('\n');
}

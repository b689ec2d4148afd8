import { isScalar, LineCounter, parseAllDocuments, visit } from 'yaml';
import { readComponent, type Components } from './component-kinds.ts';
import { Findings } from './findings.ts';
import type { ModuleDescription } from './module-description.ts';
import { readLegacy, readVersion30 } from './single-document.ts';
import { SpecReader } from './spec-reader.ts';

const upgradeHint = 'See docs/remote-functions.md for the form of version 3.1: one document for each component, with kind and spec.';

/**
 * Parses a module file of StateFun: one document for each component (version 3.1 and later), or one for all of them (version 3.0, and as far as
 * possible 2.x). It throws nothing: the result contains each mistake with its line. `file` is the path for messages.
 */
export function readModuleFile(text: string, file: string): ModuleDescription {
  const findings = new Findings(file);
  const into: Components = { endpoints: [], ingress: [], egress: [] };
  const lines = new LineCounter();
  const documents = parseAllDocuments(text, { lineCounter: lines, prettyErrors: false });
  // For a text without a document the parser returns a marker, which is not a list of documents.
  for (const document of documents) {
    for (const { message, pos } of document.errors)
      findings.problem(lines.linePos(pos[0]).line, message.replace(/\s+/g, ' ').replace(/\.$/, ''));
    visit(document, {
      Alias(_key, alias) {
        if (alias.resolve(document) !== undefined) return;
        findings.problem(lines.linePos(alias.range?.[0] ?? 0).line, `no anchor has the name of the alias *${alias.source}`);
      },
    });
    const { contents } = document;
    const isEmpty = contents === null || (isScalar(contents) && contents.value === null);
    if (document.errors.length > 0 || isEmpty) continue;
    readDocument(new SpecReader(document.contents, '', { document, lines, findings }), into, file);
  }
  if (findings.problems.length === 0) checkWhole(into, findings);
  return { ...into, problems: findings.problems, warnings: findings.warnings };
}

function readDocument(document: SpecReader, into: Components, file: string): void {
  if (document.has('kind')) {
    const kind = document.requiredText('kind');
    const spec = document.map('spec');
    document.end();
    if (kind === undefined) return;
    if (spec === undefined) document.problem(`the component of kind "${kind}" has no spec`);
    else readComponent(kind, spec, into, file);
    return;
  }
  const version = document.text('version');
  if (version === '3.0') readVersion30(document, into, file);
  else if (version === '1.0' || version === '2.0') readLegacy(document, into, file);
  else if (version === undefined && document.has('functions')) readLegacy(document, into, file);
  else if (version === undefined) document.problem('the document has neither kind nor version', undefined, upgradeHint);
  else document.problem(`version "${version}" is not known; there are 3.0, 2.0 and 1.0`, 'version', upgradeHint);
}

function checkWhole({ endpoints, ingress, egress }: Components, findings: Findings): void {
  if (endpoints.length === 0) findings.problem(1, 'there is no endpoint, so no function could be called');
  if (ingress.length === 0) findings.problem(1, 'there is no ingress, so no message would ever come in');
  const twice = <T>(names: readonly T[]): readonly T[] => [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
  for (const functions of twice(endpoints.map((endpoint) => endpoint.functions))) findings.problem(1, `"${functions}" has two endpoints`);
  const streams = ingress.flatMap((spec) =>
    spec.kind === 'kinesis' ? spec.streams.map(({ stream }) => `${spec.id}, stream ${stream}`) : [],
  );
  for (const name of twice(streams)) findings.problem(1, `the ingress ${name}, is there twice`);
  for (const kind of twice(ingress.filter((spec) => spec.kind === 'playground').map(({ kind: name }) => name))) {
    findings.problem(1, `there are two ingresses of io.statefun.${kind}.v1`);
  }
  for (const id of twice(egress.map((spec) => (spec.kind === 'playground' ? 'io.statefun.playground/egress' : spec.id)))) {
    findings.problem(1, `the egress "${id}" is there twice`);
  }
}

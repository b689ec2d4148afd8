import { relative } from 'node:path';
import type { ScanReport } from '../components/component-scan.ts';
import type { ConditionOutcome } from '../../injection/conditions.ts';
import { sectionLines, wiringLines } from '../wiring/wiring-text.ts';
import type { Wiring } from '../wiring/wiring.ts';

/** The facts of a start report. */
export interface StartFacts {
  readonly wiring: Wiring;
  readonly report: ScanReport;
  readonly conditions: readonly ConditionOutcome[];
  readonly profiles: readonly string[];
  /** The path of the state folder; undefined if a store was passed. */
  readonly stateFolder: string | undefined;
  readonly durationMs: number;
}

/** Most names in a list; further ones are counted. */
const namesMax = 8;

/** Returns the start report in one line: parts found, sources and targets of records, place of the state, and duration. */
export function startLine({ wiring, profiles, stateFolder, durationMs }: StartFacts): string {
  const { application, functions, remote, forwarders, ingress, egress } = wiring;
  const parts = [
    list('function', [
      ...functions.map(({ type }) => type),
      ...remote.map(({ functions: served, description }) => `${served} (${description})`),
    ]),
    list(
      'forwarder',
      forwarders.map(({ name }) => name),
    ),
    list(
      'ingress',
      ingress.map(({ id, description }) => `${id} (${description})`),
      'ingresses',
    ),
    list(
      'egress',
      egress.map(({ id, description }) => `${id} (${description})`),
      'egresses',
    ),
  ];
  return `started ${application} in ${seconds(durationMs)}: ${parts.join('; ')}; embedded engine, state ${place(stateFolder)}${profileText(profiles)}`;
}

/** Returns the start report in several lines, with the wiring and with everything left out and why. */
export function startReport(facts: StartFacts): string {
  const { wiring, report, conditions, profiles, stateFolder, durationMs } = facts;
  const leftOut = conditions.filter(({ matched }) => !matched).map(({ what, reasons }) => `${what}: ${reasons.join('; ')}`);
  const engine = `embedded, ${stateFolder === undefined ? 'as durable as the store it was given' : 'every commit is on disk before it counts'}`;
  const lines = [
    ...wiringLines(wiring),
    `engine      ${engine}`,
    `state       ${place(stateFolder)}`,
    ...textLines('left out', leftOut),
    ...textLines('skipped', skippedTexts(report)),
  ];
  return [`started ${wiring.application} in ${seconds(durationMs)}${profileText(profiles)}`, ...lines.map((line) => `  ${line}`)].join(
    '\n',
  );
}

/** Returns lines for the level `debug`: the outcome of each condition and the skipped files. */
export function debugLines({ conditions, report }: Pick<StartFacts, 'conditions' | 'report'>): readonly string[] {
  return [
    ...conditions.map(({ what, matched, reasons }) => `${matched ? 'takes part' : 'left out'}: ${what}: ${reasons.join('; ')}`),
    ...report.skipped.map(({ file, reason }) => `skipped while scanning: ${relative('.', file)}: ${reason}`),
  ];
}

function textLines(title: string, texts: readonly string[]): readonly string[] {
  const shown = texts.slice(0, namesMax);
  const rest = texts.length > namesMax ? [`and ${texts.length - namesMax} more; LOG_LEVEL=debug lists them`] : [];
  return texts.length === 0
    ? []
    : sectionLines(
        title,
        [...shown, ...rest].map((text) => [text, '']),
        0,
      );
}

/** Returns the number of skipped files by reason; build folders contain many of the same kind. */
function skippedTexts({ skipped }: ScanReport): readonly string[] {
  const byReason = new Map<string, string[]>();
  for (const { file, reason } of skipped) byReason.set(reason, [...(byReason.get(reason) ?? []), file]);
  return [...byReason].map(([reason, files]) =>
    files.length === 1 ? `${relative('.', files[0] ?? '')}: ${reason}` : `${files.length} files: ${reason}`,
  );
}

function place(stateFolder: string | undefined): string {
  return stateFolder === undefined ? 'in a store of its own' : `in ${relative('.', stateFolder) || stateFolder}`;
}

function profileText(profiles: readonly string[]): string {
  if (profiles.length === 0) return '';
  return `, ${profiles.length === 1 ? 'profile' : 'profiles'} ${profiles.join(', ')}`;
}

function seconds(durationMs: number): string {
  return `${(durationMs / 1000).toFixed(2)} s`;
}

function list(noun: string, names: readonly string[], plural = `${noun}s`): string {
  if (names.length === 0) return `no ${noun}`;
  const shown = names.slice(0, namesMax).join(', ');
  const rest = names.length > namesMax ? ` and ${names.length - namesMax} more` : '';
  return `${names.length} ${names.length === 1 ? noun : plural}: ${shown}${rest}`;
}

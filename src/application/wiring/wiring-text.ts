import { likelyTargets, type WiredForwarder, type WiredFunction, type Wiring } from './wiring.ts';

/** A row of a section: a name and a text about it. */
type Row = readonly [name: string, text: string];

/** Returns the wiring as text: one section for each stage, in the order in which events pass them. */
export function wiringLines(wiring: Wiring): readonly string[] {
  const sections: readonly (readonly [string, readonly Row[]])[] = [
    ['ingress', wiring.ingress.map(({ id, description, format }): Row => [id, `${description}${formatNote(format)}`])],
    ['forwarders', wiring.forwarders.map((forwarder): Row => [forwarder.name, forwarderText(forwarder, wiring)])],
    ['functions', wiring.functions.map((wired): Row => [wired.type, functionText(wired)])],
    ...remoteSection(wiring),
    ['egress', wiring.egress.map(({ id, description, format }): Row => [id, `${description}${formatNote(format)}`])],
  ];
  const nameWidth = sections.flatMap(([, rows]) => rows).reduce((width, [name]) => Math.max(width, name.length), 0);
  return sections.flatMap(([title, rows]) => sectionLines(title, rows, nameWidth));
}

/** Returns no section for an application without remote functions. */
function remoteSection({ remote }: Wiring): readonly (readonly [string, readonly Row[]])[] {
  return remote.length === 0 ? [] : [['remote', remote.map(({ functions, description }): Row => [functions, description])]];
}

const titleWidth = 'forwarders'.length;

/** Returns lines of the form `title  name  text`, with the title on the first line only. */
export function sectionLines(title: string, rows: readonly Row[], nameWidth: number): readonly string[] {
  if (rows.length === 0) return [`${title.padEnd(titleWidth)}  none`];
  return rows.map(([name, text], index) =>
    `${(index === 0 ? title : '').padEnd(titleWidth)}  ${name.padEnd(nameWidth)}  ${text}`.trimEnd(),
  );
}

function forwarderText({ eventTypes, target }: WiredForwarder, wiring: Wiring): string {
  if (target !== undefined) return `${eventTypes.join('; ')}, sent to ${target}`;
  if (eventTypes.length === 0) return 'what its accept() takes';
  return eventTypes.map((eventType) => eventTypeText(eventType, wiring)).join('; ');
}

function eventTypeText(eventType: string, wiring: Wiring): string {
  const targets = likelyTargets(wiring, eventType).map(({ type }) => type);
  return targets.length === 0 ? `${eventType}, which no function handles` : `${eventType}, handled by ${targets.join(', ')}`;
}

function functionText({ className, handles, catchAll, onSubscribe, state }: WiredFunction): string {
  const taken = [...handles, ...(catchAll ? ['every other event'] : [])].join(', ');
  const kept =
    state === undefined
      ? 'state unknown'
      : state.length === 0
        ? 'keeps no state'
        : `keeps ${state.map(({ name, kind }) => `${name} (${kind})`).join(', ')}`;
  return [className, `handles ${taken}`, kept, ...(onSubscribe ? ['answers subscribers'] : [])].join('; ');
}

function formatNote(format: string): string {
  return format === 'cloudevent' ? '' : `, ${format === 'custom' ? 'a format of its own' : `as ${format}`}`;
}

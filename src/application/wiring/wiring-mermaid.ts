import { targetsOf, type WiredFunction, type Wiring } from './wiring.ts';

/**
 * Returns the wiring as a Mermaid flowchart. Solid arrows are certain: every forwarder gets every record of an ingress. Dashed arrows follow
 * from event types. Which egress a function uses is not declared, so those arrows connect whole stages.
 */
export function wiringMermaid(wiring: Wiring): string {
  const { ingress, forwarders, functions, egress } = wiring;
  const functionIds = new Map(functions.map(({ type }, index) => [type, `function${index}`]));
  const lines = [
    'flowchart LR',
    ...stage(
      'ingress',
      ingress.map(({ id, description }, index) => `ingress${index}[/"${label(id, description)}"/]`),
    ),
    ...stage(
      'forwarders',
      forwarders.map(({ name, eventTypes }, index) => {
        const taken = eventTypes.length === 0 ? ['accept()'] : eventTypes;
        return `forwarder${index}["${label(name, ...taken)}"]`;
      }),
    ),
    ...stage(
      'functions',
      functions.map((wired, index) => `function${index}(["${label(...functionLabel(wired))}"])`),
    ),
    ...stage(
      'egress',
      egress.map(({ id, description }, index) => `egress${index}[/"${label(id, description)}"/]`),
    ),
    ...(forwarders.length === 0 ? [] : ingress.map((_, index) => `  ingress${index} --> forwarders`)),
    ...forwarders.flatMap((forwarder, index) =>
      targetsOf(wiring, forwarder).map((type) => `  forwarder${index} -.-> ${functionIds.get(type) ?? 'functions'}`),
    ),
    ...(functions.length === 0 || egress.length === 0 ? [] : ['  functions -.-> egress']),
  ];
  return `${lines.join('\n')}\n`;
}

function stage(name: string, nodes: readonly string[]): readonly string[] {
  return nodes.length === 0 ? [] : [`  subgraph ${name}`, ...nodes.map((node) => `    ${node}`), '  end'];
}

function functionLabel({ type, state, onSubscribe }: WiredFunction): readonly string[] {
  return [type, ...(state ?? []).map(({ name, kind }) => `${name}: ${kind}`), ...(onSubscribe ? ['answers subscribers'] : [])];
}

/** Returns a label of several lines. Escapes `#`, which begins an entity in Mermaid, and quotes, which end a label. */
function label(...lines: readonly string[]): string {
  return lines.map(escape).join('<br/>');
}

function escape(text: string): string {
  return text
    .replaceAll('#', '#35;')
    .replaceAll('"', '#quot;')
    .replaceAll('&', '#amp;')
    .replaceAll('<', '#lt;')
    .replaceAll('>', '#gt;')
    .replace(/\s+/g, ' ');
}

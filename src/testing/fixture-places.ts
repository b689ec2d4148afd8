const places = new WeakMap<object, string>();

/** Remembers the line of a fixture, `file:line`, that led to something. */
export function rememberPlace(things: readonly object[], place: string): void {
  for (const thing of things) places.set(thing, place);
}

/** `it came after orders.jsonl:3`; undefined for what no fixture led to. */
export function placeText(thing: object | undefined): string | undefined {
  const place = thing === undefined ? undefined : places.get(thing);
  return place === undefined ? undefined : `it came after ${place}`;
}

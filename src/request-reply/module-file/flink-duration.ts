/** Flink's units of time, by each of their names, in milliseconds. */
const unitsMs: Readonly<Record<string, number>> = {
  d: 86_400_000,
  day: 86_400_000,
  days: 86_400_000,
  h: 3_600_000,
  hour: 3_600_000,
  hours: 3_600_000,
  m: 60_000,
  min: 60_000,
  minute: 60_000,
  minutes: 60_000,
  s: 1_000,
  sec: 1_000,
  secs: 1_000,
  second: 1_000,
  seconds: 1_000,
  ms: 1,
  milli: 1,
  millis: 1,
  millisecond: 1,
  milliseconds: 1,
};

/** Parses a duration in Flink's notation and returns milliseconds, or undefined. A number without unit is in milliseconds. */
export function parseFlinkDuration(value: unknown): number | undefined {
  const match = /^\s*(\d{1,15})\s*([a-z]*)\s*$/i.exec(String(value));
  if (match === null) return undefined;
  const unitMs = unitsMs[match[2] === '' || match[2] === undefined ? 'ms' : match[2].toLowerCase()];
  return unitMs === undefined ? undefined : Number(match[1]) * unitMs;
}

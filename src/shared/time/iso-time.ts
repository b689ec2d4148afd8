/** The latest time a Date can hold, in the year 275760. What is due later is due then: nobody notices, and everything can show it. */
export const latestTimeMs = 8_640_000_000_000_000;

let lastMs: number | undefined;
let lastText = '';

/**
 * A time in milliseconds since the epoch as ISO 8601 text; one later than {@link latestTimeMs} as that. Many events are made in one
 * millisecond: the last text is kept.
 */
export function toIsoTime(timeMs: number): string {
  if (timeMs !== lastMs) {
    lastText = new Date(Math.min(timeMs, latestTimeMs)).toISOString();
    lastMs = timeMs;
  }
  return lastText;
}

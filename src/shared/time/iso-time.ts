/** The latest time a Date can hold, in the year 275760, in milliseconds since the epoch. Later due times are reduced to it, so that each can be shown. */
export const latestTimeMs = 8_640_000_000_000_000;

let lastMs: number | undefined;
let lastText = '';

/**
 * Returns a time in milliseconds since the epoch as ISO 8601 text; later times become {@link latestTimeMs}. The last text is kept, because
 * many events are created in one millisecond.
 */
export function toIsoTime(timeMs: number): string {
  if (timeMs !== lastMs) {
    lastText = new Date(Math.min(timeMs, latestTimeMs)).toISOString();
    lastMs = timeMs;
  }
  return lastText;
}

let lastMs: number | undefined;
let lastText = '';

/** A time in milliseconds since the epoch as ISO 8601 text. Many events are made in one millisecond: the last text is kept. */
export function toIsoTime(timeMs: number): string {
  if (timeMs !== lastMs) {
    lastText = new Date(timeMs).toISOString();
    lastMs = timeMs;
  }
  return lastText;
}

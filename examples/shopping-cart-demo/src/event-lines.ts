import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';

/** The same file that the tests play. Found from this file, so the demo runs in any folder. */
export const eventLinesPath = fileURLToPath(new URL('../../../test/resources/product-cart-integration-test-events.jsonl', import.meta.url));

/** One line of the file: a CloudEvent, or a directive that only a test obeys. */
export interface EventLine {
  /** Counted from 1. */
  readonly number: number;
  readonly text: string;
  readonly event: { readonly type: string; readonly source: string; readonly data: unknown };
}

export async function readEventLines(path: string = eventLinesPath): Promise<readonly EventLine[]> {
  const lines = (await readFile(path, 'utf8')).split('\n').map((text, index) => ({ number: index + 1, text: text.trim() }));
  // The file belongs to this project, and its tests check every line.
  return lines.filter(({ text }) => text !== '').map((line) => ({ ...line, event: JSON.parse(line.text) as EventLine['event'] }));
}

/** Lines such as `test.comment` and `test.delay-between-events` steer a test that plays the file; they are not sent. */
export function isDirective({ event }: EventLine): boolean {
  return event.type.startsWith('test.');
}

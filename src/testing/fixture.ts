import { createReadStream } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { withoutByteOrderMark } from '../shared/byte-order-mark.ts';
import { StatefunError, toError } from '../shared/errors.ts';
import { parseFixtureLine, type FixtureLine } from './fixture-line.ts';

/** Longest line, in bytes: the largest event, and room for its escapes. What is longer is no fixture. */
const lineBytesMax = 64 * 1024 * 1024;

/** JSON Lines: events to play and lines that control the play. Read as it is played, so it may be longer than memory, or a pipe. */
export interface Fixture {
  /** For places in messages. */
  readonly name: string;
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** A fixture in a file; a path is relative to the working directory, a URL is what `import.meta.url` makes of one. */
export function fixtureFile(file: string | URL): Fixture {
  const path = typeof file === 'string' && !file.startsWith('file:') ? file : fileURLToPath(file);
  const fromHere = relative(process.cwd(), path);
  return {
    name: fromHere.startsWith('..') || fromHere === '' ? path : fromHere,
    // Opened when it is read: a stream that nobody listens to yet would end the process when the file is missing.
    bytes: { [Symbol.asyncIterator]: () => createReadStream(path)[Symbol.asyncIterator]() as AsyncIterator<Uint8Array> },
  };
}

export function toFixture(given: string | URL | Fixture): Fixture {
  return typeof given === 'string' || given instanceof URL ? fixtureFile(given) : given;
}

/** The lines of a fixture, one by one; blank ones are skipped. Throws FIXTURE_INVALID and FIXTURE_UNREADABLE. */
export async function* readFixture(fixture: Fixture): AsyncGenerator<FixtureLine> {
  let number = 0;
  for await (const bytes of readLines(fixture)) {
    number += 1;
    const place = `${fixture.name}:${number}`;
    const text = number === 1 ? withoutByteOrderMark(decode(bytes, place)) : decode(bytes, place);
    if (text.trim() !== '') yield parseFixtureLine(text, place);
  }
}

const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

function decode(bytes: Uint8Array, place: string): string {
  try {
    return utf8.decode(bytes);
  } catch (cause) {
    throw new StatefunError('FIXTURE_INVALID', `${place}: the line is not UTF-8 text.`, { facts: { place }, cause });
  }
}

/** Splits at line feeds; a carriage return in front of one is white space to JSON, and stays. */
async function* readLines({ name, bytes }: Fixture): AsyncGenerator<Uint8Array> {
  let pieces: Uint8Array[] = [];
  let pending = 0;
  for await (const chunk of unreadable(name, bytes)) {
    let start = 0;
    for (let end = chunk.indexOf(lineFeed); end !== -1; end = chunk.indexOf(lineFeed, start)) {
      yield Buffer.concat([...pieces, chunk.subarray(start, end)]);
      pieces = [];
      pending = 0;
      start = end + 1;
    }
    pieces.push(chunk.subarray(start));
    pending += chunk.length - start;
    if (pending > lineBytesMax) {
      throw new StatefunError('FIXTURE_INVALID', `${name}: a line is longer than ${lineBytesMax} bytes.`, {
        facts: { fixture: name, lineBytesMax },
      });
    }
  }
  yield Buffer.concat(pieces);
}

const lineFeed = 0x0a;

async function* unreadable(name: string, bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* bytes;
  } catch (cause) {
    throw new StatefunError('FIXTURE_UNREADABLE', `the events in ${name} cannot be read: ${toError(cause).message}.`, {
      facts: { fixture: name },
      cause,
    });
  }
}

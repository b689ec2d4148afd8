/** Removes the byte order mark that Windows editors and spreadsheets write at the beginning of a file. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** Returns the length in bytes of the UTF-8 byte order mark at the beginning of a file: 3 or 0. */
export function byteOrderMarkBytes(start: Uint8Array): number {
  return start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? 3 : 0;
}

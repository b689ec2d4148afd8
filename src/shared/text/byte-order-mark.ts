/** The text of a file without the byte order mark that editors of Windows and spreadsheets put at its beginning. */
export function withoutByteOrderMark(text: string): string {
  return text.startsWith('\ufeff') ? text.slice(1) : text;
}

/** How many bytes at the beginning of a file are a byte order mark of UTF-8: three or none. */
export function byteOrderMarkBytes(start: Uint8Array): number {
  return start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf ? 3 : 0;
}

import { readdir, realpath, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** The files in a folder to scan, as absolute paths. */
export interface ListedFiles {
  /** Every file that may be code, sorted. */
  readonly files: readonly string[];
  /** Symbolic links that were not followed, with the reason. */
  readonly skipped: readonly { readonly file: string; readonly reason: string }[];
}

interface Walk {
  readonly root: string;
  readonly files: string[];
  readonly skipped: { file: string; reason: string }[];
  /** Links found so far. They are followed after everything that is reachable without links. */
  readonly links: string[];
  /** Folders that were listed, by their real paths. */
  readonly listed: Set<string>;
}

/**
 * Lists the files in and below a folder. Symbolic links are followed; hidden folders and node_modules are skipped. A folder is listed once,
 * by the path that needs no link. A link back to a parent folder is not followed, so the walk ends.
 */
export async function listFiles(folder: string): Promise<ListedFiles> {
  const walk: Walk = { root: await realpath(folder), files: [], skipped: [], links: [], listed: new Set() };
  await listFolder(folder, walk);
  for (let link = walk.links.shift(); link !== undefined; link = walk.links.shift()) await followLink(link, walk);
  return { files: walk.files.filter(isCode).sort(), skipped: walk.skipped };
}

async function listFolder(folder: string, walk: Walk): Promise<void> {
  walk.listed.add(await realpath(folder));
  const entries = await readdir(folder, { withFileTypes: true });
  for (const entry of entries.sort((left, right) => (left.name < right.name ? -1 : 1))) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
    if (entry.isDirectory()) await listFolder(path, walk);
    else if (entry.isSymbolicLink()) walk.links.push(path);
    else if (entry.isFile()) walk.files.push(path);
  }
}

async function followLink(link: string, walk: Walk): Promise<void> {
  let target: string;
  try {
    target = await realpath(link);
  } catch {
    walk.skipped.push({ file: link, reason: 'a symbolic link that leads nowhere' });
    return;
  }
  const kind = await stat(target);
  if (kind.isFile()) walk.files.push(link);
  if (!kind.isDirectory()) return;
  if (`${walk.root}${sep}`.startsWith(`${target}${sep}`)) {
    walk.skipped.push({ file: link, reason: `a symbolic link back to ${target}, which holds the scanned folder` });
  } else if (walk.listed.has(target)) {
    walk.skipped.push({ file: link, reason: `a symbolic link to ${target}, which is scanned already` });
  } else {
    await listFolder(link, walk);
  }
}

function isCode(path: string): boolean {
  return /\.[mc]?[jt]s$/.test(path);
}

import { lstatSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';

/** Bytes that the path of a socket may have: 104 on macOS and 108 on Linux, its end marked by a zero byte. */
const longest = 103;
/** Room for the name of a socket below the folder. */
const name = '/ask-pass.sock';

/**
 * A folder for sockets: `preferred` where that is short enough, else one of our own, 0700, below the
 * temporary folder. That one lies outside the state folder, so its path is recorded, and whoever ends
 * the run removes it.
 */
export function makeSocketFolder(preferred: string, temporary: readonly string[] = [tmpdir(), '/tmp']): string {
  if (isShort(preferred)) return preferred;
  const short = temporary.find((folder) => isShort(join(folder, 'argosy-123456')));
  return mkdtempSync(join(short ?? tmpdir(), 'argosy-'));
}

/** Removes a folder that `makeSocketFolder` made, and nothing else: its path comes from a file that may lie. */
export function removeSocketFolder(folder: string | undefined): void {
  if (folder === undefined || !/^argosy-\w{6}$/.test(basename(folder))) return;
  if (![tmpdir(), '/tmp'].includes(dirname(folder))) return;
  const found = lstatSync(folder, { throwIfNoEntry: false });
  if (!found?.isDirectory() || found.uid !== process.getuid?.()) return;
  rmSync(folder, { recursive: true, force: true });
}

function isShort(folder: string): boolean {
  return Buffer.byteLength(folder) + name.length <= longest;
}

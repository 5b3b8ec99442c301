import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/**
 * The last lines of a part's log, made safe to print: no control characters, no endless line. None
 * when the log cannot be read: it is asked for in order to explain another failure.
 */
export function tailOf(file: string, lines = 20): readonly string[] {
  return lastBytes(file, 64 * 1024)
    .split('\n')
    .filter((line) => line.trim() !== '')
    .slice(-lines)
    .map((line) => {
      const plain = line.replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ');
      return plain.length > 300 ? `${plain.slice(0, 297)}...` : plain;
    });
}

function lastBytes(file: string, limit: number): string {
  let fd: number | undefined;
  try {
    fd = openSync(file, 'r');
    const size = fstatSync(fd).size;
    const buffer = Buffer.alloc(Math.min(size, limit));
    const read = readSync(fd, buffer, 0, buffer.length, size - buffer.length);
    return buffer.toString('utf8', 0, read);
  } catch {
    return '';
  } finally {
    if (fd !== undefined) closeSync(fd);
  }
}

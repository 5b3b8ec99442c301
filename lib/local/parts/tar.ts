import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import { createGunzip } from 'node:zlib';
import { ArgosyError } from '../../kube/error';
import { cacheUnusable } from './cache-folder';

const block = 512;

/**
 * Writes one regular file of a .tar.gz to `to`. No name in the archive ever becomes a path: the one
 * member is found by comparing names, so nothing can be written elsewhere. An archive with a name that
 * would leave its folder is refused all the same, as it is not what the project published.
 *
 * Not the tar program: there are three of it, with different options, and one may be missing. It reads
 * ustar and skips pax and GNU headers; it does not follow the long names that those can give.
 */
export async function extractMember(archive: string, member: string, to: string, limit: number): Promise<void> {
  const source = createReadStream(archive);
  const stream = source.pipe(createGunzip());
  source.on('error', (error) => stream.destroy(error));
  const input = chunked(stream as AsyncIterable<Buffer>, limit);
  let found = false;
  try {
    for (let header = await input.read(block); header.some((byte) => byte !== 0); header = await input.read(block)) {
      const { name, size, type } = entryOf(header);
      if (name.startsWith('/') || name.split('/').includes('..')) throw broken(`it holds the name ${name}`);
      const wanted = name === member;
      if (wanted && (found || type !== '0')) throw broken(`${member} is not one regular file`);
      found ||= wanted;
      const handle = wanted ? await open(to, 'wx', 0o600) : undefined;
      try {
        for (let left = size; left > 0;) {
          const piece = await input.read(Math.min(left, 1 << 16));
          await handle?.writeFile(piece).catch((error: unknown) => {
            throw cacheUnusable(to, error);
          });
          left -= piece.length;
        }
      } finally {
        await handle?.close();
      }
      await input.read((block - (size % block)) % block);
    }
  } catch (error) {
    throw error instanceof ArgosyError ? error : broken((error as NodeJS.ErrnoException).code ?? String(error), error);
  } finally {
    stream.destroy();
    source.destroy();
  }
  if (!found) throw broken(`it holds no ${member}`);
}

function entryOf(header: Buffer): { name: string; size: number; type: string } {
  const text = (start: number, length: number) => {
    const raw = header.subarray(start, start + length).toString('utf8');
    const end = raw.indexOf('\0');
    return end < 0 ? raw : raw.slice(0, end);
  };
  // The checksum counts its own field as spaces.
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  if (Number.parseInt(text(148, 8).trim(), 8) !== sum) throw broken('a header does not match its checksum');
  const size = Number.parseInt(text(124, 12).trim() || '0', 8);
  if (!Number.isSafeInteger(size) || size < 0) throw broken('a header holds no size');
  const prefix = text(257, 5) === 'ustar' ? text(345, 155) : '';
  const type = String.fromCharCode(header[156]!);
  return { name: prefix ? `${prefix}/${text(0, 100)}` : text(0, 100), size, type: type === '\0' ? '0' : type };
}

/** Reads a stream in pieces of a wanted length, and no more than `limit` bytes of it. */
function chunked(stream: AsyncIterable<Buffer>, limit: number): { read: (length: number) => Promise<Buffer> } {
  const chunks = stream[Symbol.asyncIterator]();
  let rest = Buffer.alloc(0);
  let total = 0;
  return {
    async read(length) {
      while (rest.length < length) {
        const next = await chunks.next();
        if (next.done) throw broken('it ends too early');
        total += next.value.length;
        if (total > limit) throw broken(`it unpacks to more than ${limit} bytes`);
        rest = Buffer.concat([rest, next.value]);
      }
      const piece = rest.subarray(0, length);
      rest = rest.subarray(length);
      return piece;
    },
  };
}

function broken(why: string, cause?: unknown): ArgosyError {
  return new ArgosyError({
    code: 'download-failed',
    what: `the archive is refused: ${why}`,
    why: 'it must be a .tar.gz that holds the program as one regular file',
    fix: 'use another way to get this part',
    ...(cause === undefined ? {} : { cause }),
  });
}

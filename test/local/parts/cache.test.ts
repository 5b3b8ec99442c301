import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { addToCache, readCache, type StagedFile } from '../../../lib/local/parts/cache';
import { cachePlace, checkPlace, makePlace } from '../../../lib/local/parts/cache-folder';
import { findCached } from '../../../lib/local/parts/find';
import { put, scratch } from './fakes';

const staged = (part: 'etcd' | 'kwok', content: string): StagedFile => ({
  file: `bin/${part}`,
  part,
  version: '1.0.0',
  how: 'build',
  from: `go build ./${part}`,
  staged: put(join(scratch(), part), content),
});

const filled = async () => {
  const folder = scratch();
  await addToCache(folder, [staged('etcd', 'program\n'), staged('kwok', 'another\n')]);
  return folder;
};

const names = async (folder: string) => [...(await readCache(folder)).keys()].sort();

describe('a cache', () => {
  it('gives back what was added, executable, with its manifest', async () => {
    const folder = await filled();
    expect(await names(folder)).toEqual(['bin/etcd', 'bin/kwok']);
    const manifest = JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as { files: unknown[] };
    expect(manifest.files[0]).toEqual({
      file: 'bin/etcd',
      part: 'etcd',
      version: '1.0.0',
      how: 'build',
      from: 'go build ./etcd',
      sha256: 'fba13a37a73d657dc0f1e671f0dc714f9891dd4da15ec45bd2a6f83e0434648e',
      size: 8,
      mtime: expect.any(Number) as number,
    });
  });

  it('keeps what it had when something is added, and takes a new file for an old one', async () => {
    const folder = await filled();
    await addToCache(folder, [staged('kwok', 'newer\n')]);
    expect(await names(folder)).toEqual(['bin/etcd', 'bin/kwok']);
    expect(readFileSync(join(folder, 'bin/kwok'), 'utf8')).toBe('newer\n');
  });

  it.each<[string, (folder: string) => void]>([
    ['of another size', (folder) => writeFileSync(join(folder, 'bin/etcd'), 'prog')],
    [
      'of the same size and other content',
      (folder) => {
        writeFileSync(join(folder, 'bin/etcd'), 'Program\n');
        utimesSync(join(folder, 'bin/etcd'), 1, 1);
      },
    ],
    ['that is missing', (folder) => unlinkSync(join(folder, 'bin/etcd'))],
    ['that is not executable any more', (folder) => chmodSync(join(folder, 'bin/etcd'), 0o644)],
    [
      'that became a link',
      (folder) => {
        unlinkSync(join(folder, 'bin/etcd'));
        symlinkSync(put(join(scratch(), 'evil'), 'program\n', 0o755), join(folder, 'bin/etcd'));
      },
    ],
  ])('does not give out a file %s, and still gives the others', async (_, damage) => {
    const folder = await filled();
    damage(folder);
    expect(await names(folder)).toEqual(['bin/kwok']);
  });

  it('that was copied, so that only times differ, is believed after its content is hashed', async () => {
    const folder = await filled();
    utimesSync(join(folder, 'bin/etcd'), 1, 1);
    expect(await names(folder)).toEqual(['bin/etcd', 'bin/kwok']);
  });

  it.each([
    ['no', undefined],
    ['half a', '{"version":1,"files":[{"file":"bin/et'],
    ['an empty', ''],
    ['a foreign', '[null]'],
    ['a newer', '{"version":2,"files":[]}'],
  ])('with %s manifest is empty', async (_, text) => {
    const folder = await filled();
    if (text === undefined) unlinkSync(join(folder, 'manifest.json'));
    else writeFileSync(join(folder, 'manifest.json'), text);
    expect(await names(folder)).toEqual([]);
  });

  it('takes no path from a manifest', async () => {
    const folder = await filled();
    const file = join(folder, 'manifest.json');
    writeFileSync(file, readFileSync(file, 'utf8').replaceAll('bin/etcd', '../../bin/etcd'));
    expect(await names(folder)).toEqual(['bin/kwok']);
  });

  it('has a part only when it has all of its files', async () => {
    const folder = await filled();
    const cached = await readCache(folder);
    expect(findCached('etcd', cached, folder)).toMatchObject({ how: 'cache', file: join(folder, 'bin/etcd') });
    expect(findCached('argocd-files', cached, folder)).toBeUndefined();
  });

  it('that cannot be written is an error that names the folder', async () => {
    const folder = scratch();
    put(join(folder, 'bin'), 'a file where a folder should be');
    await expect(addToCache(folder, [staged('etcd', 'x')])).rejects.toThrow(/^cache-unusable: .*cannot be used: E/);
    await expect(makePlace({ folder: join(folder, 'bin'), shared: false }, join(folder, 'bin/x'))).rejects.toThrow(
      'cache-unusable',
    );
  });
});

describe('the place of the cache', () => {
  const uid = process.getuid?.();

  it('is the first that is set', () => {
    const all = { ARGOSY_CACHE: '/own place', XDG_CACHE_HOME: '/xdg', HOME: '/home/ü u' };
    expect(cachePlace(all)).toEqual({ folder: '/own place', shared: false });
    expect(cachePlace({ ...all, ARGOSY_CACHE: '' })).toEqual({ folder: '/xdg/argosy', shared: false });
    expect(cachePlace({ XDG_CACHE_HOME: 'relative', HOME: '/home/ü u' }).folder).toBe('/home/ü u/.cache/argosy');
    expect(cachePlace({}, '/tmp')).toEqual({ folder: `/tmp/argosy-${uid}`, shared: true });
  });

  it('is made private', async () => {
    const place = cachePlace({}, scratch());
    await makePlace(place, join(place.folder, 'parts/key'));
    expect(existsSync(join(place.folder, 'parts/key'))).toBe(true);
    await expect(checkPlace(place)).resolves.toBeUndefined();
  });

  it.each<[string, (folder: string) => void]>([
    ['others may write to', (folder) => (mkdirSync(folder), chmodSync(folder, 0o777))],
    ['is a link', (folder) => symlinkSync(scratch(), folder)],
    ['is a file', (folder) => writeFileSync(folder, '')],
  ])('is refused in a shared folder when it %s', async (_, plant) => {
    const place = cachePlace({}, scratch());
    plant(place.folder);
    await expect(checkPlace(place)).rejects.toThrow(/^cache-unusable: .*not a private folder/);
  });
});

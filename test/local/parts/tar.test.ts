import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { extractMember } from '../../../lib/local/parts/tar';
import { put, scratch, type TarEntry, tarGz } from './fakes';

const extract = async (archive: Buffer, limit = 1 << 20) => {
  const folder = scratch();
  const to = join(folder, 'out', '..', 'etcd');
  await extractMember(put(join(folder, 'a.tar.gz'), archive), 'etcd-v1/etcd', to, limit);
  expect(readdirSync(folder).sort()).toEqual(['a.tar.gz', 'etcd']);
  return readFileSync(to, 'utf8');
};
const program: TarEntry = { name: 'etcd-v1/etcd', content: 'program'.repeat(20_000) };

describe('an archive', () => {
  it('gives its one wanted member, whatever else it holds', async () => {
    const others = [
      { name: 'etcd-v1/', type: '5' },
      { name: 'etcd-v1/README.md', content: 'read me' },
      { name: 'x', type: 'x', content: '20 path=etcd-v1/etcd\n' },
    ];
    expect(await extract(tarGz([...others, program, { name: 'etcd-v1/etcdctl', content: 'c' }]))).toBe(program.content);
  });

  it.each<[string, readonly TarEntry[], string]>([
    ['a name that climbs', [{ name: 'etcd-v1/../../evil', content: 'x' }, program], 'etcd-v1/../../evil'],
    ['a name that climbs after the program', [program, { name: '../evil', content: 'x' }], '../evil'],
    ['an absolute name', [{ name: '/etc/passwd', content: 'x' }, program], '/etc/passwd'],
    ['a link in place of the program', [{ name: 'etcd-v1/etcd', type: '2' }], 'is not one regular file'],
    ['two of the program', [program, program], 'is not one regular file'],
    ['no program', [{ name: 'etcd-v1/etcdctl', content: 'x' }], 'it holds no etcd-v1/etcd'],
  ])('with %s is refused', async (_, entries, why) => {
    await expect(extract(tarGz(entries))).rejects.toThrow(why);
    expect(existsSync(join(scratch(), '../evil'))).toBe(false);
  });

  it('that is damaged is refused', async () => {
    const whole = tarGz([program]);
    await expect(extract(Buffer.from('not gzip'))).rejects.toThrow('download-failed: the archive is refused');
    await expect(extract(whole.subarray(0, whole.length - 30))).rejects.toThrow('the archive is refused');
    const plain = gunzipSync(whole);
    await expect(extract(gzipSync(plain.subarray(0, 2048)))).rejects.toThrow('it ends too early');
    plain[0] = 0x41;
    await expect(extract(gzipSync(plain))).rejects.toThrow('a header does not match its checksum');
  });

  it('that unpacks to more than the limit is refused', async () => {
    await expect(extract(tarGz([{ name: 'big', content: 'a'.repeat(200_000) }, program]), 100_000)).rejects.toThrow(
      'unpacks to more than 100000 bytes',
    );
  });
});

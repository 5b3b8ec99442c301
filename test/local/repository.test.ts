import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { Repository } from '../../lib/local/repository';

const parent = mkdtempSync(join(tmpdir(), 'argosy-repository-'));
afterAll(() => rmSync(parent, { recursive: true }));

const file = (content: string) => [{ path: 'staging/api/a.yaml', content }];

describe('the repository of a local run', () => {
  it('commits what differs, and reverts to what was, byte for byte', async () => {
    const repository = await Repository.open(join(parent, 'my repository (ü)'), 'main');
    expect(await repository.head()).toBeUndefined();
    const first = await repository.publish('apps/manifests', file('a: 1\n'), 'First');
    expect(await repository.publish('apps/manifests', file('a: 1\n'), 'Again')).toBeUndefined();
    const second = await repository.publish('apps/manifests', file('a: 2\n'), '--amend');
    expect(await repository.head()).toBe(second);
    const third = await repository.revert(second!);
    expect(new Set([first, second, third]).size).toBe(3);
    expect(await repository.publish('apps/manifests', file('a: 1\n'), 'Equal')).toBeUndefined();
  });

  it('runs no hook of the folder', async () => {
    const folder = join(parent, 'hooked');
    const repository = await Repository.open(folder, 'main');
    const proof = join(parent, 'ran');
    mkdirSync(join(folder, '.git/hooks'));
    for (const hook of ['pre-commit', 'post-commit'])
      writeFileSync(join(folder, '.git/hooks', hook), `#!/bin/sh\ntouch '${proof}'\n`, { mode: 0o755 });
    await repository.publish('x', file('a: 1\n'), 'First');
    expect(existsSync(proof)).toBe(false);
  });

  it('tells what Git said, and that there is no Git', async () => {
    const folder = join(parent, 'broken');
    const repository = await Repository.open(folder, 'main');
    await expect(repository.revert('--exec=sh')).rejects.toThrow(/^git-failed: git revert failed: /);
    writeFileSync(join(folder, '.git/HEAD'), 'nonsense');
    await expect(repository.commit('x')).rejects.toThrow(/^git-failed: git add failed: fatal: /);
    vi.stubEnv('PATH', parent);
    await expect(Repository.open(join(parent, 'none'), 'main')).rejects.toThrow(
      /^git-failed: git is not on the PATH\n[^]*fix: install git$/,
    );
    vi.unstubAllEnvs();
  });
});

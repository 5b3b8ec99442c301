import { chmod, copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { sha256Of, type StagedFile } from './cache';
import { buildFailed } from './go';
import { argocdFilePins, argocdModule, metricsPatch, versions } from './pins';

/** Folders of the module that no build needs, and that are nine tenths of it. */
const leftOut = new Set(['ui', 'docs', 'test', 'manifests']);

/**
 * Copies the module of Argo CD to `to` and applies the one patch. A copy, as Go refuses to overlay
 * files of its module cache; with our own modes, as that cache is read-only.
 */
export async function copyPatched(module: string, to: string): Promise<void> {
  await copyTree(module, to, leftOut);
  const file = join(to, metricsPatch.file);
  const [before, after, ...more] = (await readFile(file, 'utf8')).split(metricsPatch.from);
  if (after === undefined || more.length > 0) {
    throw buildFailed(`${argocdModule}/${metricsPatch.file} does not hold ${metricsPatch.from} exactly once`);
  }
  await writeFile(file, before + metricsPatch.to + after);
}

async function copyTree(from: string, to: string, without: ReadonlySet<string>): Promise<void> {
  await mkdir(to);
  for (const entry of await readdir(from, { withFileTypes: true })) {
    const { name } = entry;
    const [source, target] = [join(from, name), join(to, name)];
    if (entry.isDirectory()) {
      if (!without.has(name) && name !== 'testdata') await copyTree(source, target, new Set());
    } else if (entry.isFile() && !name.endsWith('_test.go')) {
      await copyFile(source, target);
      await chmod(target, 0o644);
    }
  }
}

/** Copies Argo CD's files out of its module into the stage, each checked against its pinned sha256. */
export async function stageArgoCdFiles(module: string, stage: string): Promise<readonly StagedFile[]> {
  return Promise.all(
    argocdFilePins.map(async (pin) => {
      const staged = join(stage, `argocd-files-${pin.file.replaceAll('/', '-')}`);
      await copyFile(join(module, pin.upstream), staged);
      await chmod(staged, 0o644);
      const received = await sha256Of(staged);
      if (received !== pin.sha256) {
        throw buildFailed(`${argocdModule}/${pin.upstream} has sha256 ${received}, not the pinned ${pin.sha256}`);
      }
      return {
        file: `argocd-files/${pin.file}`,
        part: 'argocd-files',
        version: versions.argocd,
        how: 'build',
        from: `${argocdModule}@v${versions.argocd}`,
        staged,
      } as const;
    }),
  );
}

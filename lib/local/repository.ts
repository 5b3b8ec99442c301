import { execFile } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';
import { ArgosyError } from '../kube';
import { writeTree, type TreeFile } from '../render';

const run = promisify(execFile);

/**
 * The Git repository that a local run's Argo CD watches. It lies in the state folder, so the
 * user's own clone stays as it is. It reads no Git configuration but its own, and runs no hook.
 */
export class Repository {
  /** Opens the repository in a folder, or makes an empty one on the branch. */
  static async open(folder: string, branch: string): Promise<Repository> {
    const repository = new Repository(folder, branch);
    mkdirSync(folder, { recursive: true });
    if (!existsSync(join(folder, '.git')))
      await repository.git('init', '--quiet', `--initial-branch=${branch}`, '--template=');
    return repository;
  }

  /** What Argo CD is told: a `file://` URL. */
  readonly url: string;
  /** The file that changes with every commit on the branch. */
  readonly reference: string;

  private constructor(
    readonly folder: string,
    readonly branch: string,
  ) {
    this.url = pathToFileURL(folder).href;
    this.reference = join(folder, '.git', 'refs', 'heads', branch);
  }

  /**
   * Commits the files as the whole content of a folder of the repository. Returns the commit, or
   * undefined when nothing differs from the last one.
   */
  async publish(path: string, files: readonly TreeFile[], message: string): Promise<string | undefined> {
    writeTree(join(this.folder, path), files);
    return this.commit(message);
  }

  /** Commits whatever differs in the work tree, or returns undefined. */
  async commit(message: string): Promise<string | undefined> {
    await this.git('add', '--all', '--', '.');
    if ((await this.git('status', '--porcelain')) === '') return undefined;
    await this.git('commit', '--quiet', '--no-verify', `--message=${message}`);
    return this.head();
  }

  /** `git revert` of one commit: the state before it is back, as a new commit. */
  async revert(commit: string): Promise<string> {
    await this.git('revert', '--no-edit', '--', commit);
    return (await this.head())!;
  }

  /** The commit the branch is at, or undefined before the first. */
  async head(): Promise<string | undefined> {
    return (
      (await this.git('rev-parse', '--verify', '--quiet', `refs/heads/${this.branch}`).catch(() => '')) || undefined
    );
  }

  private async git(...args: readonly string[]): Promise<string> {
    const environment = {
      PATH: process.env['PATH'] ?? '',
      HOME: this.folder,
      LC_ALL: 'C',
      GIT_CONFIG_NOSYSTEM: '1',
      GIT_CONFIG_GLOBAL: '/dev/null',
      GIT_TERMINAL_PROMPT: '0',
      GIT_AUTHOR_NAME: 'Argosy',
      GIT_AUTHOR_EMAIL: 'argosy@localhost',
      GIT_COMMITTER_NAME: 'Argosy',
      GIT_COMMITTER_EMAIL: 'argosy@localhost',
    };
    const settings = ['core.hooksPath=/dev/null', 'protocol.ext.allow=never', 'commit.gpgSign=false', 'gc.auto=0'];
    try {
      const { stdout } = await run(
        'git',
        ['-C', this.folder, ...settings.flatMap((setting) => ['-c', setting]), ...args],
        {
          env: environment,
          maxBuffer: 64 * 1024 * 1024,
        },
      );
      return stdout.trim();
    } catch (cause) {
      const { stderr, code } = cause as { stderr?: string; code?: number | string };
      throw new ArgosyError({
        code: 'git-failed',
        where: { location: this.folder },
        what:
          code === 'ENOENT' ? 'git is not on the PATH' : `git ${args[0]} failed: ${(stderr ?? String(cause)).trim()}`,
        why: 'Argo CD pulls from a Git repository, which Git makes',
        fix: code === 'ENOENT' ? 'install git' : 'look at the repository in the state folder, or remove the folder',
        cause,
      });
    }
  }
}

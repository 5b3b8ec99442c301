import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Repository } from './repository';

/** Asks again so often when an Application has not looked; then Argo CD's own poll will. */
const tries = 20;

/**
 * Notices every commit on the branch, whoever made it, and tells of it until it is heard. One
 * telling is not enough: a request for a refresh that meets one under way is lost with it, since
 * Argo CD takes the annotation away when it has done what it was asked before (`refreshAppStatus`,
 * controller/appcontroller.go).
 *
 * `tell` is given the commit and how often it was told before; it returns true once it was heard.
 * Returns how to stop.
 */
export function followCommits(
  repository: Repository,
  tell: (commit: string, before: number) => Promise<boolean>,
): () => void {
  const { reference } = repository;
  let seen: string | undefined;
  let stopped = false;

  const pursue = async (): Promise<void> => {
    const commit = await repository.head();
    if (commit === undefined || commit === seen) return;
    seen = commit;
    for (let before = 0; before < tries && !stopped && seen === commit; before++) {
      if (await tell(commit, before)) return;
      await delay(1000, undefined, { ref: false });
    }
  };
  const watcher = watch(dirname(reference), (_, file) => {
    // Git writes the lock first: only its renaming is the commit.
    if (file !== basename(reference) || stopped) return;
    // Argo CD polls anyway; that the API server does not answer is told by whoever asks it for states.
    void pursue().catch(() => undefined);
  });
  watcher.on('error', () => undefined); // the state folder was removed under the run
  return () => {
    stopped = true;
    watcher.close();
  };
}

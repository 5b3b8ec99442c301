import { watch, type FSWatcher } from 'node:fs';
import { dirname } from 'node:path';

/** Milliseconds without another save before a save counts: editors write in several steps. */
const quiet = 50;

/**
 * Watches the modules of a program by their folders, one by one: a recursive watch would also
 * walk node_modules and the state folder, and miss what the program imports from elsewhere.
 */
export class ProgramWatch {
  private readonly watchers = new Map<string, FSWatcher>();
  private timer: NodeJS.Timeout | undefined;
  private closed = false;

  constructor(
    private readonly onSave: () => void,
    private readonly onError: (error: unknown) => void,
  ) {}

  /** Watches these modules too; nothing any more once it is closed. */
  follow(modules: readonly string[]): void {
    if (this.closed) return;
    for (const folder of new Set(modules.map(dirname))) {
      if (this.watchers.has(folder)) continue;
      try {
        const watcher = watch(folder, (_, file) => this.saved(file));
        watcher.on('error', this.onError);
        this.watchers.set(folder, watcher);
      } catch (error) {
        this.onError(error); // such as a folder that is gone, or no watch left: the others go on
      }
    }
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.timer);
    for (const watcher of this.watchers.values()) watcher.close();
    this.watchers.clear();
  }

  private saved(file: string | null): void {
    if (file !== null && !/\.(?:[cm]?[jt]sx?|json)$/.test(file)) return;
    clearTimeout(this.timer);
    this.timer = setTimeout(this.onSave, quiet);
  }
}

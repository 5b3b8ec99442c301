import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';

/**
 * Ends the parts when argosy cannot: a shell, detached, that reads a pipe whose other end only
 * argosy holds. The kernel closes that end when argosy dies, however it dies; the shell then
 * ends what was announced and not withdrawn, by process group. It does not know what the parts
 * are, and it ends with argosy.
 *
 * Two guards against a reused pid: a part that ends is withdrawn at once, and where /proc tells
 * a process's environment, only one that carries this run's mark is touched. The same mark finds
 * what was started but not yet announced, and children of parts in groups of their own (Argo CD
 * gives its `git` one).
 */
export class Watchdog {
  private readonly shell: ChildProcess;
  private readonly ended: Promise<void>;

  constructor(run: string) {
    this.shell = spawn('/bin/sh', ['-c', script, 'argosy-watchdog', mark(run)], {
      cwd: '/',
      detached: true,
      env: { PATH: '/usr/bin:/bin' },
      stdio: ['pipe', 'ignore', 'ignore'],
    });
    this.ended = new Promise((resolve) => {
      this.shell.once('exit', () => resolve());
      this.shell.once('error', () => resolve());
    });
    // Without its reader the pipe breaks; the parts then have run.json alone, which `up` and `down` read.
    this.shell.stdin?.on('error', () => undefined);
    this.shell.unref();
    unref(this.shell.stdin);
  }

  get pid(): number | undefined {
    return this.shell.pid;
  }

  announce(pid: number): void {
    this.shell.stdin?.write(`+${pid}\n`);
  }

  withdraw(pid: number): void {
    this.shell.stdin?.write(`-${pid}\n`);
  }

  /** Closes the pipe as argosy's death would, and waits for the shell's end. */
  async end(): Promise<void> {
    this.shell.ref();
    this.shell.stdin?.end();
    await this.ended;
  }
}

/** The variable every part of a run carries in its environment. */
export const runVariable = 'ARGOSY_RUN';

function mark(run: string): string {
  return `${runVariable}=${run}`;
}

function unref(stream: unknown): void {
  (stream as { unref?: () => void } | null)?.unref?.();
}

const script = `
trap '' HUP INT TERM
mark=$1 parts=' '
while read -r line; do
  pid=\${line#?}
  case $line in
    +*) parts="$parts$pid " ;;
    -*) case $parts in *" $pid "*) parts="\${parts%% $pid *} \${parts#* $pid }" ;; esac ;;
  esac
done
carries() { tr '\\0' '\\n' < "/proc/$1/environ" 2>/dev/null | grep -qxF "$mark"; }
for pid in $parts; do
  if [ ! -r /proc/self/environ ] || carries "$pid"; then kill -9 "-$pid" 2>/dev/null || kill -9 "$pid" 2>/dev/null; fi
done
for file in $(grep -lsaF "$mark" /proc/[0-9]*/environ 2>/dev/null); do
  pid=\${file#/proc/} pid=\${pid%/environ}
  if carries "$pid"; then kill -9 "$pid" 2>/dev/null; fi
done
exit 0
`;

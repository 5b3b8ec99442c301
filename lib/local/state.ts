import { randomBytes } from 'node:crypto';
import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ArgosyError } from '../kube/error';
import { endProcess, isCode } from './identity';
import type { ProcessIdentity } from './identity';
import { isTaken, releaseLock, takeLock } from './lock';
import { makeSocketFolder, removeSocketFolder } from './sockets';

/** A part as run.json remembers it. */
export interface PartRecord extends ProcessIdentity {
  readonly part: string;
  readonly program: string;
}

/** What run.json tells of the run that owns, or owned, the folder. */
export interface RunRecord {
  readonly version: 1;
  /** The mark of this run in its parts' environments. */
  readonly run: string;
  readonly owner: ProcessIdentity;
  /** ISO 8601. */
  readonly since: string;
  readonly ports: Readonly<Record<string, number>>;
  readonly parts: readonly PartRecord[];
  /** See {@link StateFolder.sockets}. */
  readonly sockets?: string;
}

/**
 * One cluster's folder, `.argosy/<cluster>`, while this process holds its lock. Everything that
 * a local run writes lies in it, but for sockets that need a shorter path. It does not know what the
 * parts do with their files.
 */
export interface StateFolder {
  /** Absolute; the parts' working directory. */
  readonly path: string;
  readonly run: string;
  /** etcd's data; kept for the next run. */
  readonly etcd: string;
  /** Keys, tokens, certificates: 0700, removed at the end. */
  readonly credentials: string;
  readonly kubeconfig: string;
  /** HOME and XDG folders of the parts. */
  readonly home: string;
  /** TMPDIR of the parts: emptied at start, removed at the end. */
  readonly tmp: string;
  /** For sockets: `tmp`, or where its path is too long for one, a folder of ours below the temporary folder. */
  readonly sockets: string;
  logOf(part: string): string;
  /** @throws ArgosyError `state-unusable` */
  recordPorts(ports: Readonly<Record<string, number>>): void;
  /** @throws ArgosyError `state-unusable` */
  recordParts(parts: readonly PartRecord[]): void;
  /** Gives the folder back. Call it after the parts have ended. */
  close(): Promise<void>;
}

/** What means nothing once its run has ended. */
const ofOneRun = ['run.json', 'run.json.new', 'credentials', 'tmp', 'kubeconfig', 'etcd.sock:0', 'etcd-peer.sock:0'];

export interface OpenStateOptions {
  /** Wipes what an earlier run left, the cluster's objects included. @default false */
  readonly fresh?: boolean;
}

/**
 * Opens a state folder: takes its lock (`state-in-use` when another argosy that still runs holds
 * it), then ends the parts that a killed run left behind.
 */
export async function openState(folder: string, { fresh = false }: OpenStateOptions = {}): Promise<StateFolder> {
  const path = resolve(folder);
  usable(path, () => mkdirSync(path, { recursive: true, mode: 0o700 }));
  const owner = usable(path, () => takeLock(path));
  try {
    await endLeftovers(path);
    return usable(path, () => openOwned(path, owner, fresh));
  } catch (error) {
    releaseLock(path, owner);
    throw error;
  }
}

/** The folder, cleaned, for who holds its lock. */
function openOwned(path: string, owner: ProcessIdentity, fresh: boolean): StateFolder {
  const run = randomBytes(12).toString('hex');
  const at = (name: string) => join(path, name);
  forgetRun(path);
  if (fresh) remove(path, ['etcd', 'logs', 'home', 'pulumi', 'repository']);
  for (const name of ['credentials', 'logs', 'home', 'tmp']) {
    mkdirSync(at(name), { recursive: true, mode: 0o700 });
    chmodSync(at(name), 0o700);
  }

  let record: RunRecord = { version: 1, run, owner, since: new Date().toISOString(), ports: {}, parts: [] };
  let closed = false;
  const write = (change: Partial<RunRecord>) => {
    record = { ...record, ...change };
    if (closed) return;
    usable(path, () => {
      if (isTaken(path, owner)) throw unusable(path, 'another argosy has taken it');
      writeAtomically(at('run.json'), JSON.stringify(record, null, 2));
    });
  };
  write({});
  const sockets = makeSocketFolder(at('tmp'));
  if (sockets !== at('tmp')) write({ sockets });

  return {
    path,
    run,
    etcd: at('etcd'),
    credentials: at('credentials'),
    kubeconfig: at('kubeconfig'),
    home: at('home'),
    tmp: at('tmp'),
    sockets,
    logOf: (part) => at(join('logs', `${part}.log`)),
    recordPorts: (ports) => write({ ports: { ...record.ports, ...ports } }),
    recordParts: (parts) => write({ parts }),
    close: async () => {
      if (closed) return;
      closed = true;
      usable(path, () => {
        removeSocketFolder(sockets);
        if (!isTaken(path, owner)) remove(path, ofOneRun);
        releaseLock(path, owner);
      });
    },
  };
}

/** The record of the run that owns or owned the folder; undefined when there is none, or none that can be read. */
export function findRun(folder: string): RunRecord | undefined {
  try {
    const record = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as RunRecord;
    return record.version === 1 && Array.isArray(record.parts) ? record : undefined;
  } catch (error) {
    if (isCode(error, 'ENOENT') || error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Ends the parts that run.json remembers and that still are those processes. Returns their names. */
export async function endLeftovers(folder: string): Promise<readonly string[]> {
  const parts = findRun(folder)?.parts ?? [];
  const ended = await Promise.all([...parts].map(async (part) => ((await endProcess(part)) ? [part.part] : [])));
  return ended.flat();
}

/** Removes what means nothing once its run has ended, its secrets included. Call it with the lock in hand. */
export function forgetRun(folder: string): void {
  removeSocketFolder(findRun(folder)?.sockets);
  remove(folder, ofOneRun);
}

function remove(folder: string, names: readonly string[]): void {
  for (const name of names) rmSync(join(folder, name), { recursive: true, force: true });
}

function writeAtomically(file: string, text: string): void {
  const draft = `${file}.new`;
  try {
    writeFileSync(draft, text, { mode: 0o600 });
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
}

/** The result of an action on the state folder; what the file system refuses it is told as `state-unusable`. */
export function usable<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (cause) {
    if (cause instanceof ArgosyError || !(cause instanceof Error)) throw cause;
    throw unusable(path, cause.message, cause);
  }
}

function unusable(path: string, problem: string, cause?: Error): ArgosyError {
  return new ArgosyError({
    code: 'state-unusable',
    where: { location: path },
    what: `the state folder cannot be used: ${problem}`,
    why: 'a local run keeps all it writes in this one folder',
    fix: 'make the folder writable and its disk not full, or name another folder',
    ...(cause && { cause }),
  });
}

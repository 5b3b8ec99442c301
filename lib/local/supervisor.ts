import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { ArgosyError } from '../kube/error';
import { findIdentity, signalGroup } from './identity';
import { tailOf } from './log';
import { until } from './poll';
import type { OnProgress } from './progress';
import { usable } from './state';
import type { PartRecord, StateFolder } from './state';
import { runVariable, Watchdog } from './watchdog';

/** How one part is started, and how it is known to serve. */
export interface PartSpec {
  readonly part: string;
  readonly program: string;
  readonly args: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly env: Readonly<Record<string, string>>;
  /** Parts of a higher level are stopped before those of a lower one, which they use. */
  readonly level: number;
  /** Asked every 20 ms until it answers true. A part without it is ready once it runs. */
  readonly ready?: () => Promise<boolean>;
  /** @default 60,000 milliseconds to become ready */
  readonly deadline?: number;
}

/** A program that is run to its end. */
export interface TaskSpec extends Pick<PartSpec, 'part' | 'program' | 'args' | 'env'> {
  /** What it reads on stdin: secrets go in there, where no list of processes shows them. @default - nothing */
  readonly input?: string;
}

export interface StartOptions {
  readonly signal?: AbortSignal | undefined;
  /** @default - the supervisor's */
  readonly onProgress?: OnProgress | undefined;
}

interface Running {
  readonly spec: PartSpec;
  readonly child: ChildProcess;
  readonly record: PartRecord;
  readonly since: number;
  readonly onProgress: OnProgress;
  readonly exited: Promise<void>;
  ready: boolean;
  stopping: boolean;
  /** Set once it is asked to end; it is asked once. */
  ending?: Promise<void>;
  fate?: Fate;
}

interface Fate {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** Why it could not be started. */
  readonly cause?: Error;
}

/** Stopped before every part: what a task works on is there until it has ended. */
const taskLevel = Infinity;

/**
 * Starts parts as child processes, knows which run, and ends them. Each part leads a process
 * group of its own, writes its output to its log file (not through Node, which could block it),
 * and is announced to a {@link Watchdog}. The supervisor does not restart a part that dies: it
 * tells its listeners, because a cluster that lost a part proves nothing any more; they learn the
 * same way that the state folder can no longer be written. Neither keeps it from ending the parts.
 */
export class Supervisor {
  private readonly running: Running[] = [];
  private readonly listeners = new Set<(error: ArgosyError) => void>();
  /** What the listeners were told, by part; `undefined` stands for the state folder. */
  private readonly deaths = new Map<string | undefined, ArgosyError>();
  private readonly watchdog: Watchdog;
  private readonly end = new AbortController();

  constructor(
    private readonly state: StateFolder,
    private readonly onProgress: OnProgress = () => undefined,
  ) {
    this.watchdog = new Watchdog(state.run);
  }

  /** The parts that run now. */
  get parts(): readonly PartRecord[] {
    return this.running.map(({ record }) => record);
  }

  get watchdogPid(): number | undefined {
    return this.watchdog.pid;
  }

  /**
   * Calls the listener when a part dies that was ready and was not asked to stop, and when the state
   * folder can no longer be written (`state-unusable`, once): also of what happened before it
   * listened. Returns how to unsubscribe.
   */
  onDied(listener: (error: ArgosyError) => void): () => void {
    const missed = [...this.deaths.values()];
    this.listeners.add(listener);
    queueMicrotask(() => missed.forEach((error) => this.listeners.has(listener) && listener(error)));
    return () => this.listeners.delete(listener);
  }

  /** Aborts once the parts are being stopped: what is still to be started waits for this too. */
  get ending(): AbortSignal {
    return this.end.signal;
  }

  /** Starts a part and waits until it is ready. Throws {@link DiedBeforeReady} or `part-not-ready`. */
  async start(spec: PartSpec, options: StartOptions = {}): Promise<PartRecord> {
    const { onProgress = this.onProgress } = options;
    const signal = options.signal ? AbortSignal.any([options.signal, this.ending]) : this.ending;
    signal.throwIfAborted();
    const part = this.spawn(spec, { onProgress });
    // A program that could not be started has no pid, and its fate a moment later.
    const isReady = async () => part.child.pid !== undefined && (await (spec.ready?.() ?? true));
    const outcome = await until(async () => part.fate !== undefined || (await isReady()), {
      signal,
      deadline: spec.deadline ?? 60_000,
    });
    if (part.fate) throw new DiedBeforeReady(this.deathOf(part));
    if (!outcome) throw notReady(spec, this.state.logOf(spec.part));
    part.ready = true;
    this.report(part, 'ready');
    return part.record;
  }

  /**
   * Runs a program to its end as {@link start} runs a part: under the watchdog, in a group that ends
   * with it, its output added to its log. An abort ends the group, and throws the signal's reason
   * once it has. Throws `part-died` when the program fails.
   */
  async run(task: TaskSpec, { signal: given, grace }: { signal?: AbortSignal | undefined; grace?: number } = {}) {
    const signal = given ? AbortSignal.any([given, this.ending]) : this.ending;
    signal.throwIfAborted();
    const part = this.spawn({ ...task, level: taskLevel }, { input: task.input ?? '' });
    part.stopping = true; // its end is what it is started for
    const end = () => void endPart(part, grace);
    signal.addEventListener('abort', end, { once: true });
    await part.exited;
    signal.removeEventListener('abort', end);
    signal.throwIfAborted();
    if (part.fate?.code !== 0) throw new ArgosyError(this.deathOf(part));
  }

  /** Ends the named parts, highest level first: SIGTERM, then SIGKILL to what is left after the grace. */
  async stop(names: readonly string[], grace?: number): Promise<void> {
    const chosen = this.running.filter(({ spec }) => names.includes(spec.part));
    for (const part of chosen) part.stopping = true;
    const levels = [...new Set(chosen.map(({ spec }) => spec.level))].sort((a, b) => b - a);
    for (const level of levels) {
      await Promise.all(chosen.filter(({ spec }) => spec.level === level).map((part) => endPart(part, grace)));
    }
  }

  /** Ends every part and the watchdog; no part can be started any more. May be called twice. */
  async stopAll(grace?: number): Promise<void> {
    this.end.abort();
    await this.stop(
      this.running.map(({ spec }) => spec.part),
      grace,
    );
    await this.watchdog.end();
  }

  private spawn(spec: PartSpec, how: { onProgress?: OnProgress; input?: string }): Running {
    const { onProgress = () => undefined, input } = how;
    const { path, run } = this.state;
    const log = usable(path, () => openSync(this.state.logOf(spec.part), input === undefined ? 'w' : 'a', 0o600));
    const since = performance.now();
    onProgress({ part: spec.part, state: 'starting' });
    const child = spawn(spec.program, spec.args, {
      cwd: path,
      detached: true,
      env: { ...spec.env, [runVariable]: run },
      stdio: [input === undefined ? 'ignore' : 'pipe', log, log],
    });
    if (child.pid !== undefined) this.watchdog.announce(child.pid);
    closeSync(log);
    child.stdin?.on('error', () => undefined).end(input); // it may end without reading
    const part: Running = {
      spec,
      child,
      since,
      onProgress,
      record: {
        part: spec.part,
        program: spec.program,
        pid: child.pid ?? 0,
        started: findIdentity(child.pid ?? 0)?.started ?? '',
      },
      exited: new Promise((resolve) => {
        child.once('exit', (code, signal) => {
          resolve();
          this.settle(part, { code, signal });
        });
        child.once('error', (cause) => {
          if (child.pid !== undefined) return; // a failed signal, not a failed start
          resolve();
          part.fate = { code: null, signal: null, cause };
          part.stopping = true;
          this.forget(part);
        });
      }),
      ready: false,
      stopping: false,
    };
    this.running.push(part);
    this.deaths.delete(spec.part);
    this.state.recordParts(this.parts); // what is not recorded is not left running: who started it ends it
    return part;
  }

  private settle(part: Running, fate: Fate): void {
    part.fate = fate;
    signalGroup(part.record.pid, 'SIGKILL'); // children it left in its group
    this.watchdog.withdraw(part.record.pid);
    this.forget(part);
    if (part.stopping) return this.report(part, 'stopped');
    this.report(part, 'died');
    if (part.ready) this.tell(part.spec.part, new ArgosyError(this.deathOf(part)));
  }

  private tell(of: string | undefined, error: ArgosyError): void {
    this.deaths.set(of, error);
    for (const listener of this.listeners) listener(error);
  }

  private forget(part: Running): void {
    const at = this.running.indexOf(part);
    if (at >= 0) this.running.splice(at, 1);
    try {
      this.state.recordParts(this.parts);
    } catch (error) {
      // It is told of, not thrown: this is the end of a process, which nobody called.
      if (error instanceof ArgosyError && !this.deaths.has(undefined)) this.tell(undefined, error);
    }
  }

  private report(part: Running, state: 'ready' | 'died' | 'stopped'): void {
    part.onProgress({ part: part.spec.part, state, milliseconds: Math.round(performance.now() - part.since) });
  }

  private deathOf({ spec, fate }: Running) {
    const log = this.state.logOf(spec.part);
    const cause = fate?.cause;
    const how = cause
      ? `could not be started: ${cause.message}`
      : fate?.signal
        ? `was ended by ${fate.signal}`
        : `ended with exit code ${fate?.code}`;
    const lines = tailOf(log);
    return {
      code: 'part-died' as const,
      where: { object: spec.part, location: log },
      what: `${spec.part} ${how}`,
      why:
        lines.length > 0 ? `its last lines were\n${lines.map((line) => `    ${line}`).join('\n')}` : 'it wrote nothing',
      fix: `read ${log}, then run the command again`,
      ...(cause && { cause }),
    };
  }
}

/** A part that ended before it was ready. */
export class DiedBeforeReady extends ArgosyError {
  readonly part: string;
  /** Whether it ended because another program listens on its port. */
  readonly portTaken: boolean;

  constructor(report: ConstructorParameters<typeof ArgosyError>[0]) {
    super(report);
    this.part = report.where?.object ?? '';
    this.portTaken = /address already in use/i.test(report.why);
  }
}

function notReady(spec: PartSpec, log: string): ArgosyError {
  const lines = tailOf(log).map((line) => `    ${line}`);
  return new ArgosyError({
    code: 'part-not-ready',
    where: { object: spec.part, location: log },
    what: `${spec.part} runs but did not become ready within ${(spec.deadline ?? 60_000) / 1000} s`,
    why: `its last lines were\n${lines.join('\n')}`,
    fix: `read ${log}; a machine under heavy load may need a second try`,
  });
}

function endPart(part: Running, grace = 1500): Promise<void> {
  return (part.ending ??= terminate(part, grace));
}

async function terminate({ child, exited, record, fate }: Running, grace: number): Promise<void> {
  if (child.pid === undefined || fate) return; // it ended by itself: its pid may be another's
  signalGroup(record.pid, 'SIGTERM');
  const killer = setTimeout(() => signalGroup(record.pid, 'SIGKILL'), grace);
  await exited;
  clearTimeout(killer);
}

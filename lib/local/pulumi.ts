import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ArgosyError } from '../kube';
import type { OperatorPlan } from '../operator';
import type { EngineRequest } from './engine-child';
import { isCode } from './identity';
import { writeStandInChart } from './stand-in-chart';
import { usable, type StateFolder } from './state';
import type { Supervisor } from './supervisor';

export interface PulumiRun {
  readonly request: EngineRequest;
  /** The state folder, which also holds Pulumi's own state. */
  readonly state: StateFolder;
  /** Runs the engine, and ends it with the parts. */
  readonly processes: Supervisor;
  readonly plan: Pick<OperatorPlan, 'chart' | 'version'>;
  /** Ends the engine: at once asked to, and by force after the grace. */
  readonly signal?: AbortSignal | undefined;
}

/**
 * Runs the bootstrap program with the Pulumi engine on the PATH. Its state, its stack's
 * configuration, its credentials and a Pulumi.yaml of its own lie in the state folder, with a link
 * to the program, so the user's clone and login stay as they are; plugins come from, and go to,
 * Pulumi's own cache. The official chart's pods are the local processes: a stand-in chart that makes
 * the same ConfigMaps of the same values takes its place.
 */
export async function runPulumi({ request, state, processes, plan, signal }: PulumiRun): Promise<void> {
  const folder = join(state.path, 'pulumi');
  const { stack, secrets } = request;
  const chart = join(folder, 'chart');
  const initialised = join(folder, 'initialised');
  const again = existsSync(initialised);
  usable(state.path, () => {
    if (!again) rmSync(folder, { recursive: true, force: true }); // what a broken `stack init` has left
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    // The state folder is ours alone: this lock is that of an engine which was ended.
    rmSync(join(folder, '.pulumi', 'locks'), { recursive: true, force: true });
    rmSync(state.logOf('pulumi'), { force: true });
    writeStandInChart(chart, plan);
    writeProject(folder, request.program);
    if (!again) writeFileSync(join(folder, 'passphrase'), randomBytes(24).toString('hex'), { mode: 0o600 });
  });
  const env = environment(folder);
  const pulumi = async (command: string, args: readonly string[], input = ''): Promise<void> => {
    const all = ['--non-interactive', '--cwd', folder, ...command.split(' '), ...args];
    try {
      await processes.run({ part: 'pulumi', program: 'pulumi', args: all, env, input }, { signal });
    } catch (error) {
      if (error instanceof ArgosyError && error.code === 'part-died') throw failed(command, error);
      throw error;
    }
  };
  if (!again) {
    await pulumi('stack init', ['--no-select', stack]);
    usable(state.path, () => writeFileSync(initialised, ''));
  }
  const configuration = { ...request.configuration, 'argosy:chart': JSON.stringify({ from: 'folder', path: chart }) };
  for (const [key, value] of Object.entries(configuration)) {
    // Without a value among the arguments it is read from stdin, so none stands in a list of processes.
    await pulumi('config set', [secrets.includes(key) ? '--secret' : '--plaintext', '--stack', stack, key], value);
  }
  await pulumi('up', ['--yes', '--skip-preview', '--stack', stack]);
}

/** The user's own, for the program may need it, except what would lead the engine out of the folder. */
function environment(folder: string): Record<string, string> {
  const { PULUMI_CONFIG_PASSPHRASE: _, PULUMI_ACCESS_TOKEN: __, PULUMI_STACK: ___, ...user } = process.env;
  return {
    ...(user as Record<string, string>),
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(folder, 'passphrase'),
    PULUMI_CREDENTIALS_PATH: folder,
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
}

/** A project as the user's Pulumi.yaml declares it, whose `main` must lie below it. */
function writeProject(folder: string, program: string): void {
  const options = { typescript: false, nodeargs: '--import tsx' };
  const project = { name: 'argosy', runtime: { name: 'nodejs', options }, main: `infra/${basename(program)}` };
  writeFileSync(join(folder, 'Pulumi.yaml'), JSON.stringify(project));
  rmSync(join(folder, 'infra'), { force: true });
  symlinkSync(dirname(program), join(folder, 'infra'));
}

function failed(command: string, { report }: ArgosyError): ArgosyError {
  const missing = report.cause !== undefined && isCode(report.cause, 'ENOENT');
  return new ArgosyError({
    ...report,
    code: 'bootstrap-failed',
    what: `pulumi ${command}: ${missing ? 'pulumi is not on the PATH' : report.what}`,
    why: missing ? 'the bootstrap program was to run with the Pulumi engine' : report.why,
    fix: missing
      ? 'install the Pulumi engine, or leave out --engine pulumi to run the same program in process'
      : report.fix,
  });
}

import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { ArgosyError } from '../kube';
import type { OperatorPlan } from '../operator';
import type { EngineRequest } from './engine-child';
import { writeStandInChart } from './stand-in-chart';

export interface PulumiRun {
  readonly request: EngineRequest;
  /** State folder, which also holds Pulumi's own state. */
  readonly state: string;
  readonly plan: OperatorPlan;
}

/**
 * Runs the bootstrap program with the Pulumi engine on the PATH. Its state, its stack's
 * configuration and a Pulumi.yaml of its own lie in the state folder, with a link to the program,
 * so the user's clone stays as it is. The official chart's pods are the local processes: a
 * stand-in chart that makes the same ConfigMaps of the same values takes its place.
 */
export async function runPulumi({ request, state, plan }: PulumiRun): Promise<void> {
  const folder = join(state, 'pulumi');
  const { stack, secrets } = request;
  const again = existsSync(join(folder, 'passphrase'));
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const chart = join(folder, 'chart');
  writeStandInChart(chart, plan);
  writeProject(folder, request.program);
  if (!again) writeFileSync(join(folder, 'passphrase'), randomBytes(24).toString('hex'), { mode: 0o600 });
  const environment = {
    ...process.env,
    PULUMI_BACKEND_URL: `file://${folder}`,
    PULUMI_CONFIG_PASSPHRASE_FILE: join(folder, 'passphrase'),
    PULUMI_SKIP_UPDATE_CHECK: 'true',
  };
  const pulumi = (args: readonly string[], input = ''): Promise<void> =>
    call(['--non-interactive', '--cwd', folder, ...args], input, environment);
  if (!again) await pulumi(['stack', 'init', stack]);
  const configuration = { ...request.configuration, 'argosy:chart': JSON.stringify({ from: 'folder', path: chart }) };
  for (const [key, value] of Object.entries(configuration)) {
    await pulumi(['config', 'set', secrets.includes(key) ? '--secret' : '--plaintext', '--stack', stack, key], value);
  }
  await pulumi(['up', '--yes', '--skip-preview', '--stack', stack]);
}

/** A project as the user's Pulumi.yaml declares it, whose `main` must lie below it. */
function writeProject(folder: string, program: string): void {
  const options = { typescript: false, nodeargs: '--import tsx' };
  const project = { name: 'argosy', runtime: { name: 'nodejs', options }, main: `infra/${basename(program)}` };
  writeFileSync(join(folder, 'Pulumi.yaml'), JSON.stringify(project));
  rmSync(join(folder, 'infra'), { force: true });
  symlinkSync(dirname(program), join(folder, 'infra'));
}

/** Values go in on stdin, so none of them stands in a process list. */
function call(args: readonly string[], input: string, env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn('pulumi', args, { env, stdio: ['pipe', 'pipe', 'pipe'] });
    const said: string[] = [];
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => said.push(chunk.toString('utf8')));
    child.stdin.end(input);
    child.once('error', (cause: NodeJS.ErrnoException) =>
      reject(failed(args, cause.code === 'ENOENT' ? 'pulumi is not on the PATH' : cause.message)),
    );
    child.once('exit', (code) => (code === 0 ? resolve() : reject(failed(args, said.join('').trim().slice(-2000)))));
  });
}

function failed(args: readonly string[], what: string): ArgosyError {
  return new ArgosyError({
    code: 'bootstrap-failed',
    what: `pulumi ${args.find((each) => ['stack', 'config', 'up'].includes(each))}: ${what}`,
    why: 'without the bootstrap there is no Argo CD on the cluster',
    fix: 'install the Pulumi engine, or leave out --engine pulumi to run the same program in process',
  });
}

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { arch, cpus, platform, release, tmpdir, totalmem } from 'node:os';
import { join, resolve } from 'node:path';
import { ApiObject, type ApiObjectProps } from 'cdk8s';
import { Application, AppProject, Cluster, Fleet } from '../../lib';
import { changeImageAndWait, deleteAndWait, revertAndWait, settledOrThrow } from '../../lib/cli/tour';
import { filesOf } from '../../lib/render';
import { columns } from '../../lib/report';
import { rehearse } from '../e2e/rehearsal';

const top = resolve(__dirname, '../..');

/** Runs of each whole loop, and of each command. */
const loops = Number(process.argv[2] ?? 3);
const commands = 5;

interface Row {
  readonly what: string;
  readonly unit: 's' | 'MiB';
  readonly goal: string;
  readonly values: number[];
}

const rows = new Map<string, Row>();

function record(what: string, value: number, unit: Row['unit'] = 's', goal = ''): void {
  const row = rows.get(what) ?? { what, unit, goal, values: [] };
  row.values.push(value);
  rows.set(what, row);
}

/** Whole processes in turn, so that a noisy minute meets them all. */
function timeCommands(): void {
  const folder = mkdtempSync(join(tmpdir(), 'argosy-bench-'));
  const node = (...args: string[]) => [process.execPath, ...args] as const;
  const contenders: [string, readonly string[], string][] = [
    ['`argosy synth`, whole process', node('--require', 'tsx/cjs', 'lib/cli/main.ts', 'synth'), '≤ 1'],
    ['peer: `cdk8s synth`, same fleet', node('node_modules/.bin/cdk8s', 'synth', '--output', join(folder, 'peer')), ''],
    ['limit: Node loads cdk8s and cdk8s-plus-28', node('--eval', "require('cdk8s-plus-28')"), ''],
  ];
  for (let run = 0; run <= commands; run++) {
    for (const [what, [file, ...args], goal] of contenders) {
      const begin = performance.now();
      execFileSync(file!, args, { cwd: top, stdio: 'ignore', env: { ...process.env, CDK8S_CHECK_UPGRADE: 'false' } });
      if (run > 0) record(what, (performance.now() - begin) / 1000, 's', goal);
    }
  }
  rmSync(folder, { recursive: true });
}

/** What `argosy synth` does without its process: constructs, renders and serializes fleets of growing size. */
function timeGrowth(): void {
  const sizes = [10, 100, 1000];
  const median = new Map<number, number>();
  for (let run = 0; run <= commands; run++) {
    for (const size of sizes) {
      const begin = performance.now();
      filesOf(fleetOf(size).render());
      const time = (performance.now() - begin) / 1000;
      if (run === 0) continue;
      record(`render, ${size} applications of six objects`, time);
      median.set(size, middle(rows.get(`render, ${size} applications of six objects`)!.values));
    }
  }
  const exponent = Math.log(median.get(1000)! / median.get(100)!) / Math.log(10);
  console.log(`fitted growth from 100 to 1,000 applications: n^${exponent.toFixed(2)}\n`);
}

function fleetOf(size: number): Fleet {
  const fleet = new Fleet({ repository: { url: 'https://github.com/acme/platform.git' } });
  const cluster = new Cluster(fleet, 'staging');
  const project = new AppProject(cluster, 'shop', { namespaces: ['shop'] });
  for (let at = 0; at < size; at++) {
    const application = new Application(cluster, `app-${at}`, { project, namespace: 'shop' });
    for (let each = 0; each < 6; each++) {
      const data = Object.fromEntries(Array.from({ length: 8 }, (_, key) => [`key-${key}`, `value ${at} ${each}`]));
      new ApiObject(application, `settings-${at}-${each}`, {
        apiVersion: 'v1',
        kind: 'ConfigMap',
        data,
      } as ApiObjectProps);
    }
  }
  return fleet;
}

async function timeLoop(): Promise<void> {
  const begin = performance.now();
  const { run } = await rehearse('staging');
  await settledOrThrow(run.settle());
  record('`up` to all Healthy, sample fleet', (performance.now() - begin) / 1000, 's', '≤ 25');
  record('memory of all parts (PSS)', memory(run.plane.processes.parts.map(({ pid }) => pid)), 'MiB', '≤ 1638');
  record('removed object back', (await deleteAndWait(run)).milliseconds / 1000, 's', '≤ 1');
  const { commit, step } = await changeImageAndWait(run);
  record('commit to live and Synced', step.milliseconds / 1000, 's', '≤ 2');
  record('`git revert` to live and Synced', (await revertAndWait(run, commit)).milliseconds / 1000, 's', '≤ 2');
  const end = performance.now();
  await run.stop();
  record('clean end', (performance.now() - end) / 1000);
}

function memory(pids: readonly number[]): number {
  const kibibytes = pids.map((pid) =>
    Number(/^Pss:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'))?.[1] ?? 0),
  );
  return kibibytes.reduce((sum, each) => sum + each, 0) / 1024;
}

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function printed({ what, unit, goal, values }: Row): string[] {
  const shown = (value: number): string => `${unit === 's' ? value.toFixed(2) : value.toFixed(0)} ${unit}`;
  return [what, goal && `${goal} ${unit}`, shown(Math.min(...values)), shown(middle(values)), String(values.length)];
}

async function main(): Promise<void> {
  timeCommands();
  timeGrowth();
  for (let run = 0; run < loops; run++) await timeLoop();
  const table = [['what', 'goal', 'minimum', 'median', 'runs'], ...[...rows.values()].map(printed)];
  console.log(
    `${cpus().length} × ${cpus()[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GiB, ${platform()} ${release()} ${arch()}, Node ${process.version}\n`,
  );
  console.log(columns(table.map((cells) => cells.map((cell) => `| ${cell}`).concat('|'))));
}

void main().then(() => process.exit(0));

import { relative, resolve } from 'node:path';
import { compareTree, filesOf, writeTree, type TreeChange } from '../../render';
import { count, inert, printFindings } from '../../report';
import { verify } from '../../verify';
import { exitCodes, type ExitCode } from '../exit';
import { loadFleet } from '../load';
import { printData, printJson, printNote, type GlobalOptions } from '../output';
import { findProject } from '../project';

export interface SynthOptions extends GlobalOptions {
  /** Compares instead of writing. */
  readonly check?: boolean;
}

/**
 * `argosy synth`: writes the manifests of the fleet, or with `--check` says how the committed
 * ones differ. Reports every finding. A program that fails leaves the manifests as they are.
 */
export async function synth(options: SynthOptions): Promise<ExitCode> {
  const project = findProject(process.cwd());
  const { fleet } = await loadFleet(project.fleet);
  const folder = resolve(project.folder, fleet.repository.path ?? 'apps/manifests');
  const files = filesOf(fleet);
  const change = options.check ? compareTree(folder, files) : writeTree(folder, files);
  const findings = verify(fleet.clusters, project.folder);

  if (options.json)
    printJson({ version: 1, folder: relative(project.folder, folder), written: !options.check, ...change, findings });
  else {
    printData(describe(change, relative(project.folder, folder), options.check ?? false));
    if (findings.length > 0) printNote(printFindings(findings));
  }
  const differs = options.check === true && change.create.length + change.update.length + change.remove.length > 0;
  return differs || findings.some(({ severity }) => severity === 'error') ? exitCodes.difference : exitCodes.ok;
}

function describe(change: TreeChange, folder: string, check: boolean): string {
  const list = (sign: string, paths: readonly string[]): string[] =>
    paths.map((path) => `${sign} ${folder}/${inert(path)}`);
  const lines = [...list('+', change.create), ...list('~', change.update), ...list('-', change.remove)];
  const total = lines.length + change.unchanged - change.remove.length;
  const verdict =
    lines.length === 0
      ? `${folder}: ${count(total, 'file')}, equal to the code`
      : check
        ? `${folder}: ${count(lines.length, 'file')} ${lines.length === 1 ? 'differs' : 'differ'} from the code; run argosy synth and commit`
        : `${folder}: ${count(lines.length, 'file')} changed, ${change.unchanged} unchanged`;
  const foreign = change.foreign.map(
    (path) => `? ${folder}/${inert(path)} was not written by Argosy and is kept; Argo CD would sync it`,
  );
  return [...lines, ...foreign, verdict].join('\n');
}

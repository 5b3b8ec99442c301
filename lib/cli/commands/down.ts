import { downState, type DownResult } from '../../local';
import { exitCodes, type ExitCode } from '../exit';
import { chooseRun, stateFolder } from '../local';
import { printData, printJson, type GlobalOptions } from '../output';
import { findProject } from '../project';

export interface DownOptions extends GlobalOptions {
  readonly cluster?: string;
}

/** `argosy down`: ends a cluster that runs here, also one whose `argosy` was killed. Ending nothing is fine. */
export async function down(options: DownOptions): Promise<ExitCode> {
  const project = findProject(process.cwd());
  const name = await chooseRun(project, options.cluster);
  const result = await downState(stateFolder(project, name));
  if (options.json) printJson({ version: 1, cluster: name, ...result });
  else printData(`${name}: ${describe(result)}`);
  return exitCodes.ok;
}

function describe({ owner, pid, parts, heldBy }: DownResult): string {
  if (heldBy !== undefined) return `left alone, for another argosy has the folder now (process ${heldBy})`;
  if (owner === 'stopped') return `ended (process ${pid})`;
  if (owner === 'killed') return `killed (process ${pid}), for it did not end by itself`;
  return parts.length > 0 ? `ended what a killed run had left: ${parts.join(', ')}` : 'was not running';
}

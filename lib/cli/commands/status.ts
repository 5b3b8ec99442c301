import { findStates, isSettled } from '../../local';
import { printStates } from '../../report';
import { exitCodes, type ExitCode } from '../exit';
import { chooseRun, stateFolder } from '../local';
import { printData, printJson, type GlobalOptions } from '../output';
import { findProject } from '../project';

export interface StatusOptions extends GlobalOptions {
  readonly cluster?: string;
}

/** `argosy status`: exit code 0 when every application is Synced and Healthy, 1 when one is not. */
export async function status(options: StatusOptions): Promise<ExitCode> {
  const project = findProject(process.cwd());
  const name = await chooseRun(project, options.cluster);
  const states = await findStates(stateFolder(project, name));
  if (options.json) printJson({ version: 1, cluster: name, applications: states });
  else printData(printStates(name, states));
  return states.length > 0 && states.every(isSettled) ? exitCodes.ok : exitCodes.difference;
}

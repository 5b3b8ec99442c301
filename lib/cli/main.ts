#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander';
import { ArgosyError } from '../kube';
import { exitCodes, type ExitCode } from './exit';
import { printError, type GlobalOptions } from './output';

// Whoever reads may leave first, as `head` does. The command goes on: its exit code is its answer.
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE' && error.code !== 'EIO') throw error;
  });
}

const json = process.argv.includes('--json');

/** Each command loads its own modules, so that none pays for another. */
const program = new Command('argosy')
  .description('GitOps as typed code: what Argo CD will do, proved before the merge')
  .option('--json', 'data as one JSON document on stdout')
  .option('--debug', 'stacks beside errors')
  .showHelpAfterError('(argosy --help lists the commands)')
  // With --json, an error is a document: see below.
  .configureOutput({ outputError: (text, write) => json || write(text) })
  .exitOverride();

const cluster = new Option('--cluster <name>', 'cluster of the fleet (default: the first one)');
const running = new Option('--cluster <name>', 'cluster of the fleet (default: the one that runs, else the first one)');
const engine = new Option('--engine <engine>', 'what runs the bootstrap program')
  .choices(['in-process', 'pulumi'])
  .default('in-process');

program
  .command('synth')
  .description('write the manifests of the fleet to apps/manifests')
  .option('--check', 'write nothing; exit 1 when the committed manifests differ from the code')
  .action(run((options) => (require('./commands/synth') as typeof import('./commands/synth')).synth(options)));

program
  .command('up')
  .description('run a cluster of the fleet here, with the real Argo CD, until Ctrl-C')
  .addOption(cluster)
  .addOption(engine)
  .option('--watch', 'render and commit at every save')
  .option('--keep', 'continue with the cluster of the last run')
  .action(run((options) => (require('./commands/up') as typeof import('./commands/up')).up(options)));

program
  .command('status')
  .description('how every application of a running cluster stands, and why not when not')
  .addOption(running)
  .action(run((options) => (require('./commands/status') as typeof import('./commands/status')).status(options)));

program
  .command('down')
  .description('end a cluster that runs here')
  .addOption(running)
  .action(run((options) => (require('./commands/down') as typeof import('./commands/down')).down(options)));

program
  .command('demo')
  .description('the tour: bootstrap, drift, a merge, a revert, on the real parts')
  .addOption(cluster)
  .addOption(engine)
  .action(run((options) => (require('./commands/demo') as typeof import('./commands/demo')).demo(options)));

/** Runs a command and turns what it returns or throws into the exit code. */
function run<Options>(command: (options: Options & GlobalOptions) => Promise<ExitCode>) {
  return async (_: unknown, self: Command): Promise<void> => {
    const options = self.optsWithGlobals<Options & GlobalOptions>();
    try {
      process.exitCode = await command(options);
    } catch (error) {
      printError(error, options);
      process.exitCode = exitCodes.error;
    }
  };
}

// What nobody caught is an error too, never the 1 of a difference. A watchdog ends the parts of a run.
process.on('uncaughtException', (error) => {
  printError(error, { json, debug: process.argv.includes('--debug') });
  process.exit(exitCodes.error);
});

program.parseAsync().catch((error: unknown) => {
  if (!(error instanceof CommanderError)) throw error;
  process.exitCode = error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  if (json && process.exitCode === exitCodes.usage) printError(usageError(error), { json });
});

function usageError({ message }: CommanderError): ArgosyError {
  return new ArgosyError({
    code: 'invalid-usage',
    what: message.startsWith('(') ? 'no command is given' : message.replace(/^error: /, ''),
    why: 'argosy knows its own commands and options alone',
    fix: 'argosy --help lists the commands, argosy <command> --help its options',
  });
}

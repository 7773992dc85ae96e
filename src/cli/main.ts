/** The command line: finds the verb, loads only its module, runs it, and turns what happened into an exit code. */

import { Command, CommanderError, Option } from 'commander';
import { isStratumError } from '../base/error.js';
import { EXIT_FAILURE, EXIT_INTERRUPTED, EXIT_USAGE } from './exit-codes.js';
import { type Io, isBrokenPipe } from './io.js';
import { Session, type Settings } from './session.js';
import { UsageError } from './usage.js';
import { VERBS } from './verbs.js';

/** An interrupted verb gets this long to put things in order. */
const INTERRUPT_GRACE_MS = 1000;

/** Runs one command line (`argv` without node and script) and resolves to the exit code; never rejects. */
export async function main(argv: readonly string[], io: Io): Promise<number> {
  const session = new Session(io);
  try {
    await interruptible(runVerb(normalizeFlags(argv), session), io.signal);
    return session.exitCode;
  } catch (error) {
    return await failureCode(error, session);
  } finally {
    await session.close().catch((error: unknown) => session.report(error));
  }
}

async function runVerb(argv: readonly string[], session: Session): Promise<void> {
  const program = createProgram(session);
  const { operands } = program.parseOptions([...argv]);
  const name = operands[0] === 'help' ? operands[1] : operands[0];
  session.verb = VERBS.some((verb) => verb.name === name) ? name : undefined;
  for (const verb of VERBS) {
    const command = program.command(verb.name).description(verb.summary).helpGroup(verb.group);
    if (verb.name !== name) continue;
    (await verb.load()).verbs[name]?.(command, session);
    acceptSettings(command);
  }
  if (argv.length === 0) program.help();
  if (operands[0] === 'help' && name !== undefined && session.verb === undefined) {
    throw new UsageError(`unknown command '${name}'`, helpHint(session));
  }
  await program.parseAsync([...argv], { from: 'user' });
}

function createProgram(session: Session): Command {
  const program = new Command('stratum')
    .description('Layers, copy-on-write containers and images, without a daemon.')
    .usage('[--root DIR] COMMAND')
    .option(
      '--root <dir>',
      'the store (default: $STRATUM_ROOT, else $XDG_DATA_HOME/stratum, else ~/.local/share/stratum)',
    )
    .option('--debug', 'show where errors come from')
    .helpOption('-h, --help', 'show help')
    .helpCommand('help [command]', 'show help for a command')
    .enablePositionalOptions()
    .exitOverride()
    .configureOutput({
      writeOut: (text) => session.io.stdout.write(text),
      writeErr: (text) => session.io.stderr.write(text),
      outputError: () => {},
      getOutHelpWidth: () => session.io.stdout.columns ?? 100,
    });
  program.hook('preAction', (_program, action) => {
    session.settings = action.optsWithGlobals<Settings>();
  });
  return program;
}

/** The global options are taken behind the verb as well. */
function acceptSettings(command: Command): void {
  command.addOption(new Option('--root <dir>').hideHelp()).addOption(new Option('--debug').hideHelp());
  for (const inner of command.commands) acceptSettings(inner);
}

/** Go's way to switch a flag off: `--human=false` is `--no-human`. And `--version` is the verb. */
function normalizeFlags(argv: readonly string[]): string[] {
  if (argv[0] === '--version') return ['version'];
  const end = argv.includes('--') ? argv.indexOf('--') : argv.length;
  return argv.map((arg, at) => {
    const match = at < end ? /^(?:--(human)|-(H))=(true|false|1|0)$/.exec(arg) : null;
    if (match === null) return arg;
    return match[3] === 'true' || match[3] === '1' ? '--human' : '--no-human';
  });
}

async function failureCode(error: unknown, session: Session): Promise<number> {
  if (session.io.signal.aborted) return EXIT_INTERRUPTED;
  if (isBrokenPipe(error)) return session.exitCode;
  if (error instanceof CommanderError) {
    if (error.exitCode === 0 || error.code === 'commander.help') return error.exitCode;
    await session.report(usageError(error, session));
    return EXIT_USAGE;
  }
  await session.report(error);
  return error instanceof UsageError || isStratumError(error, 'USAGE') ? EXIT_USAGE : EXIT_FAILURE;
}

function usageError(error: CommanderError, session: Session): UsageError {
  const [message = '', ...more] = error.message.replace(/^error: /, '').split('\n');
  return new UsageError(message, [...more, helpHint(session)].join(' '));
}

function helpHint({ verb }: Session): string {
  return verb === undefined ? "'stratum --help' lists the commands." : `'stratum ${verb} --help' shows how it is used.`;
}

/** Rejects on an interrupt, after the work had a moment to end by itself. */
async function interruptible(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const interrupted = new Promise<never>((_resolve, reject) => {
    const giveUp = (): void => {
      timer = setTimeout(() => reject(new Error('interrupted')), INTERRUPT_GRACE_MS);
    };
    if (signal.aborted) giveUp();
    else signal.addEventListener('abort', giveUp, { once: true });
  });
  try {
    await Promise.race([work, interrupted]);
    signal.throwIfAborted();
  } finally {
    clearTimeout(timer);
  }
}

/** `run`, `start`, `exec`, `logs`, `wait`, `kill`, `stop`: containers that run. */

import type { Command } from 'commander';
import { isStratumError, StratumError } from '../../base/error.js';
import type { RunState } from '../../engine/records.js';
import type { StartOptions } from '../../engine/run/start.js';
import { EXIT_USAGE } from '../exit-codes.js';
import { withExamples } from '../help.js';
import { write } from '../io.js';
import { collect, parsePairs } from '../options.js';
import { ensureImage } from '../registry/pull-policy.js';
import { logLines } from '../run/log-lines.js';
import { addCreateOptions, type CreateFlags, createOptions, seconds, variable } from '../run/options.js';
import { Piping } from '../run/piping.js';
import { openRuntime } from '../runtimes.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

export const verbs: VerbModule['verbs'] = { run, start, exec, logs, wait, kill, stop };

const NOT_EXECUTABLE = 126;
const POLL_MS = 20;
const START_MS = 30_000;
const NO_NETWORK =
  'Warning: published ports are recorded only: a simulated container has no network, and the chroot runtime forwards none.\n';

function run(command: Command, session: Session): void {
  addCreateOptions(command)
    .argument('<image>', 'name or ID')
    .argument('[command...]', 'what to run instead of the command of the image')
    .option('-d, --detach', 'run in the background, and print the id of the container')
    .action((image: string, words: readonly string[], flags: CreateFlags & { readonly detach?: boolean }) =>
      asDocker(session, async () => {
        const options = createOptions(words, flags, session);
        if ((options.settings?.ports ?? []).length > 0) await write(session.io.stderr, NO_NETWORK);
        await ensureImage(session, image, flags);
        const { id } = await (await session.engine()).create(image, options);
        if (flags.detach === true) await startBehind(id, session, `${id}\n`);
        else await startHere(id, session, flags.interactive === true);
      }),
    );
  withExamples(command, [
    ["stratum run --rm debian sh -c 'echo hello'", 'a command in a new container, which goes when it has ended'],
    ['stratum run -it debian bash', 'a prompt in it'],
    ['stratum run -d --name web -v data:/srv app', 'in the background, with a volume'],
  ]);
}

function start(command: Command, session: Session): void {
  command
    .argument('<container...>', 'names or ids')
    .option('-a, --attach', 'show what it prints, and exit as it does')
    .option('-i, --interactive', 'pass standard input on; shows what it prints, too')
    .option('--supervise', 'run it in this process')
    .action(
      async (names: readonly string[], flags: { attach?: boolean; interactive?: boolean; supervise?: boolean }) => {
        const [name = ''] = names;
        if (flags.supervise === true) return startHere(name, session, false);
        if (flags.attach !== true && flags.interactive !== true) {
          return session.each(names, (each) => startBehind(each, session, `${each}\n`));
        }
        if (names.length > 1) throw new UsageError('only one container can be attached to');
        await asDocker(session, () => startHere(name, session, flags.interactive === true));
      },
    );
  command.options.find(({ long }) => long === '--supervise')?.hideHelp();
  withExamples(command, [
    ['stratum start web', 'again, in the background'],
    ['stratum start -a job', 'with its output, and its exit code'],
  ]);
}

interface ExecFlags {
  readonly detach?: boolean;
  readonly interactive?: boolean;
  readonly tty?: boolean;
  readonly env?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
}

function exec(command: Command, session: Session): void {
  command
    .argument('<container>', 'name or id')
    .argument('<command...>', 'what to run')
    .option('-d, --detach', 'in the background')
    .option('-i, --interactive', 'pass standard input on')
    .option('-t, --tty', 'the command is at the terminal')
    .option('-e, --env <NAME=value>', 'set a variable; NAME alone takes it from the environment', collect)
    .option('-w, --workdir <dir>', 'working directory')
    .option('-u, --user <user>', 'user, or user:group')
    .passThroughOptions()
    .action(async (name: string, argv: readonly string[], flags: ExecFlags) => {
      if (flags.detach === true) return execBehind(name, argv, flags, session);
      const piping = new Piping(session.io);
      try {
        const result = await (await session.engine()).exec(name, argv, {
          env: parsePairs((flags.env ?? []).flatMap((pair) => variable(pair, session))),
          onOutput: piping.output,
          signal: session.io.signal,
          ...(flags.workdir !== undefined && { cwd: flags.workdir }),
          ...(flags.user !== undefined && { user: flags.user }),
          ...(flags.tty && { terminal: true }),
          ...(flags.interactive && { stdin: piping.input() }),
        });
        session.exitCode = result.exitCode;
      } finally {
        await piping.close();
      }
    });
  withExamples(command, [
    ['stratum exec web cat /etc/hostname', 'a command beside the one that runs'],
    ['stratum exec -it web sh', 'a prompt'],
  ]);
}

/** Runs it by a process of its own, whose output nobody sees. Fails when the container does not run. */
async function execBehind(name: string, argv: readonly string[], flags: ExecFlags, session: Session): Promise<void> {
  const { Id: id } = (await (await session.engine()).inspectContainer(name)) as { readonly Id: string };
  if ((await stateOf(id, session))?.status !== 'running') {
    throw new StratumError('CONFLICT', `container ${name} is not running`);
  }
  const { env = [], workdir, user } = flags;
  const options = [
    ...env.flatMap((pair) => variable(pair, session)).flatMap((pair) => ['--env', pair]),
    ...(workdir === undefined ? [] : ['--workdir', workdir]),
    ...(user === undefined ? [] : ['--user', user]),
  ];
  session.io.detach(['--root', session.root, 'exec', ...options, '--', id, ...argv]);
}

interface LogFlags {
  readonly follow?: boolean;
  readonly tail?: string;
  readonly timestamps?: boolean;
}

function logs(command: Command, session: Session): void {
  command
    .argument('<container>', 'name or id')
    .option('-f, --follow', 'go on until the container ends')
    .option('-n, --tail <lines>', 'only the last lines, or all')
    .option('-t, --timestamps', 'the time before each line')
    .action(async (name: string, { follow = false, tail = 'all', timestamps = false }: LogFlags) => {
      if (tail !== 'all' && !/^\d+$/.test(tail)) throw new UsageError(`'${tail}' is not a number of lines`);
      const entries = (await session.engine()).logs(name, { follow, signal: session.io.signal });
      const count = tail === 'all' ? undefined : Number(tail);
      for await (const { stream, bytes } of logLines(entries, { tail: count, timestamps })) {
        await write(session.io[stream], bytes);
      }
    });
  withExamples(command, [['stratum logs -f --tail 20 web', 'the last lines, and those that come']]);
}

function wait(command: Command, session: Session): void {
  command.argument('<container...>', 'names or ids').action(async (names: readonly string[]) => {
    const engine = await session.engine();
    await session.each(names, async (name) => session.print(`${await engine.wait(name)}\n`));
  });
  withExamples(command, [['stratum wait job', 'prints the exit code when it has ended']]);
}

function kill(command: Command, session: Session): void {
  command
    .argument('<container...>', 'names or ids')
    .option('-s, --signal <signal>', 'name or number', 'KILL')
    .action(async (names: readonly string[], { signal }: { readonly signal: string }) => {
      const engine = await session.engine();
      await session.each(names, async (name) => {
        await engine.kill(name, signal);
        await session.print(`${name}\n`);
      });
    });
  withExamples(command, [['stratum kill -s HUP web', 'a signal for its command']]);
}

function stop(command: Command, session: Session): void {
  command
    .argument('<container...>', 'names or ids')
    .option('-t, --time <seconds>', 'how long to wait before it is killed')
    .option('-s, --signal <signal>', 'another signal than the stop signal of the image')
    .action(async (names: readonly string[], flags: { readonly time?: string; readonly signal?: string }) => {
      const engine = await session.engine();
      const options = {
        ...(flags.time !== undefined && { seconds: seconds(flags.time) }),
        ...(flags.signal !== undefined && { signal: flags.signal }),
      };
      await session.each(names, async (name) => {
        await engine.stop(name, options);
        await session.print(`${name}\n`);
      });
    });
  withExamples(command, [['stratum stop -t 2 web', 'asks it to end, and kills it after two seconds']]);
}

/** Runs a container in this process, its streams ours, and exits as it does. */
async function startHere(name: string, session: Session, takesInput: boolean): Promise<void> {
  const engine = await session.engine();
  const { HostConfig } = (await engine.inspectContainer(name)) as { HostConfig?: { Runtime?: string } };
  const piping = new Piping(session.io);
  try {
    const options: StartOptions = {
      onOutput: piping.output,
      runtime: await openRuntime(HostConfig?.Runtime ?? '', session),
      ...(takesInput && { stdin: piping.input() }),
    };
    const running = await engine.start(name, options);
    const interrupt = (): void => void running.kill(SIGINT);
    if (session.io.signal.aborted) interrupt();
    session.io.signal.addEventListener('abort', interrupt, { once: true });
    const { exitCode = 0, error } = await running.ended;
    await piping.close();
    if (error !== undefined) await session.report(new Error(error));
    session.exitCode = exitCode;
  } finally {
    await piping.close();
  }
}

const SIGINT = 2;

/** Runs a container in a process of its own, and prints `told` once it runs; a start that fails is told here. */
async function startBehind(name: string, session: Session, told: string): Promise<void> {
  const { Id: id } = (await (await session.engine()).inspectContainer(name)) as { readonly Id: string };
  const before = await stateOf(id, session);
  if (before?.status !== 'running') session.io.detach(['--root', session.root, 'start', '--supervise', id]);
  const deadline = Date.now() + START_MS;
  for (;;) {
    const state = await stateOf(id, session);
    // One that is removed when it ends may be gone before we look.
    if (state === undefined || state.status === 'running' || state.starts !== before?.starts) {
      await session.print(told);
      if (state?.error !== undefined) throw new Error(state.error);
      return;
    }
    if (Date.now() > deadline) throw new Error(`container ${name} did not start in time`);
    await new Promise((resolve) => {
      setTimeout(resolve, POLL_MS);
    });
  }
}

async function stateOf(id: string, session: Session): Promise<RunState | undefined> {
  return (await (await session.engine()).ps()).find((each) => each.id === id)?.state;
}

/** What is not the command's own failure exits as Docker's does. */
async function asDocker(session: Session, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (error instanceof UsageError) throw error;
    await session.report(error);
    session.exitCode = isStratumError(error, 'RUNTIME_FAILED') ? NOT_EXECUTABLE : EXIT_USAGE;
  }
}

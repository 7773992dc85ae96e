/** The options of `create` and `run`: how a container runs. */

import { existsSync, mkdirSync } from 'node:fs';
import type { Command } from 'commander';
import type { PullPolicy } from '../../engine/ensure-image.js';
import type { ConfigChanges, ContainerMount, CreateOptions, RunSettings } from '../../engine/records.js';
import { PORT } from '../../engine/run/inspect.js';
import { collect, parsePairs } from '../options.js';
import { connectionOptions, type RegistryFlags } from '../registry/client.js';
import { pullOption } from '../registry/pull-policy.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import { bindOf, mountOf, tmpfsOf } from './mounts.js';

export interface CreateFlags extends RegistryFlags {
  readonly pull?: PullPolicy;
  readonly name?: string;
  readonly env?: readonly string[];
  readonly label?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly entrypoint?: string;
  readonly platform?: string;
  readonly volume?: readonly string[];
  readonly mount?: readonly string[];
  readonly tmpfs?: readonly string[];
  readonly publish?: readonly string[];
  readonly readOnly?: boolean;
  readonly rm?: boolean;
  readonly interactive?: boolean;
  readonly tty?: boolean;
  readonly hostname?: string;
  readonly network?: string;
  readonly stopSignal?: string;
  readonly stopTimeout?: string;
  readonly runtime?: string;
}

const RUNTIMES: readonly string[] = ['shell', 'chroot'];
const NETWORKS = ['default', 'none', 'host'];

export function addCreateOptions(command: Command): Command {
  return connectionOptions(pullOption(command))
    .option('--name <name>', 'name of the container')
    .option('-e, --env <NAME=value>', 'set a variable; NAME alone takes it from the environment', collect)
    .option('-l, --label <key=value>', 'set a label', collect)
    .option('-w, --workdir <dir>', 'working directory')
    .option('-u, --user <user>', 'user, or user:group')
    .option('--entrypoint <command>', 'replace the entrypoint of the image')
    .option('--platform <os/arch>', 'which image of a multi-platform one')
    .option('-v, --volume <name|dir:path[:ro]>', 'mount a volume or a directory of the host', collect)
    .option('--mount <type=...>', 'mount: type=bind|volume|tmpfs,src=,dst=,readonly,volume-nocopy', collect)
    .option('--tmpfs <path[:size=,mode=]>', 'an empty directory in memory', collect)
    .option('-p, --publish <[host:]port>', 'a port, recorded and shown only', collect)
    .option('--read-only', 'the root file system cannot be written to')
    .option('--rm', 'remove the container, and its unnamed volumes, when it has ended')
    .option('-i, --interactive', 'pass standard input on')
    .option('-t, --tty', 'the command is at the terminal')
    .option('-h, --hostname <name>', 'name of the machine that the command sees')
    .option('--network <default|none|host>', 'the network of the chroot runtime')
    .option('--stop-signal <signal>', 'what asks the command to end')
    .option('--stop-timeout <seconds>', 'how long stop waits before it kills')
    .option('--runtime <name>', `what runs commands: ${RUNTIMES.join(' or ')}`)
    .helpOption('--help', 'show help')
    .passThroughOptions();
}

/** What the library takes; `words` are what stands behind the image. */
export function createOptions(words: readonly string[], flags: CreateFlags, session: Session): CreateOptions {
  const { name, platform } = flags;
  const mounts: ContainerMount[] = [
    ...(flags.volume ?? []).map((text) => bindOf(text, (path) => session.hostPath(path))),
    ...(flags.mount ?? []).map((text) => mountOf(text, (path) => session.hostPath(path))),
    ...(flags.tmpfs ?? []).map(tmpfsOf),
  ];
  makeHostDirectories(flags, mounts);
  return {
    changes: configChanges(words, flags, session),
    mounts,
    settings: runSettings(flags),
    ...(name !== undefined && { name }),
    ...(platform !== undefined && { platform }),
  };
}

function configChanges(words: readonly string[], flags: CreateFlags, session: Session): ConfigChanges {
  return {
    ...(words.length > 0 && { cmd: words }),
    ...(flags.entrypoint !== undefined && { entrypoint: flags.entrypoint === '' ? [] : [flags.entrypoint] }),
    ...(flags.env && { env: flags.env.flatMap((pair) => variable(pair, session)) }),
    ...(flags.label && { labels: parsePairs(flags.label) }),
    ...(flags.workdir !== undefined && { workingDir: flags.workdir }),
    ...(flags.user !== undefined && { user: flags.user }),
    ...(flags.stopSignal !== undefined && { stopSignal: flags.stopSignal }),
  };
}

function runSettings(flags: CreateFlags): RunSettings {
  const { readOnly, rm, interactive, tty, hostname, network, runtime, publish } = flags;
  if (network !== undefined && !NETWORKS.includes(network)) {
    throw new UsageError(`unknown network '${network}'`, `Known are ${NETWORKS.join(', ')}.`);
  }
  if (runtime !== undefined && !RUNTIMES.includes(runtime)) {
    throw new UsageError(`unknown runtime '${runtime}'`, `Known are ${RUNTIMES.join(', ')}.`);
  }
  for (const port of publish ?? []) {
    if (!PORT.test(port))
      throw new UsageError(`invalid port '${port}'`, 'Write [[address:]host:]container[/protocol].');
  }
  return {
    ...(readOnly && { readOnly }),
    ...(rm && { autoRemove: rm }),
    ...(interactive && { interactive }),
    ...(tty && { terminal: tty }),
    ...(hostname !== undefined && { hostname }),
    ...(network !== undefined && { network: network as 'default' | 'none' | 'host' }),
    ...(publish !== undefined && { ports: publish }),
    ...(runtime !== undefined && { runtime }),
    ...(flags.stopTimeout !== undefined && { stopSeconds: seconds(flags.stopTimeout) }),
  };
}

/** Whole seconds of an option. */
export function seconds(text: string): number {
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`'${text}' is not a number of seconds`);
}

/** A name alone takes the value from the environment, and nothing when it is not there: as Docker does. */
export function variable(pair: string, session: Session): string[] {
  if (pair.includes('=')) return [pair];
  const value = session.io.env[pair];
  return value === undefined ? [] : [`${pair}=${value}`];
}

/** `-v` makes the directory of the host that is missing, as Docker does; `--mount` does not. */
function makeHostDirectories({ volume = [] }: CreateFlags, mounts: readonly ContainerMount[]): void {
  for (const { type, source = '' } of mounts.slice(0, volume.length)) {
    if (type === 'bind' && !existsSync(source)) mkdirSync(source, { recursive: true });
  }
}

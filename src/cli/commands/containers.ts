/** `create`, `ps`, `rm`, `diff`: containers and what changed in them. */

import type { Command } from 'commander';
import { isStratumError } from '../../base/error.js';
import type { Change, ChangeKind, ConfigChanges, ContainerSummary } from '../../engine/records.js';
import { withExamples } from '../help.js';
import { ellipsis, goTime, humanAge } from '../human.js';
import { formatListing, type Row } from '../listing.js';
import { collect, parsePairs } from '../options.js';
import type { Session } from '../session.js';
import type { VerbModule } from '../verbs.js';

interface CreateFlags {
  readonly name?: string;
  readonly env?: readonly string[];
  readonly label?: readonly string[];
  readonly workdir?: string;
  readonly user?: string;
  readonly entrypoint?: string;
  readonly platform?: string;
}

interface PsOptions {
  readonly quiet?: boolean;
  readonly trunc: boolean;
  readonly format?: string;
}

const COMMAND_WIDTH = 20;
const ID_WIDTH = 12;
const HEADINGS = { ID: 'CONTAINER ID', CreatedSince: 'CREATED', CreatedAt: 'CREATED AT' };
const LETTERS: Readonly<Record<ChangeKind, string>> = { add: 'A', modify: 'C', delete: 'D' };

export const verbs: VerbModule['verbs'] = { create, ps, rm, diff };

function create(command: Command, session: Session): void {
  command
    .argument('<image>', 'name or ID')
    .argument('[command...]', 'what the container is to run, kept in its config')
    .option('--name <name>', 'name of the container')
    .option('-e, --env <NAME=value>', 'set a variable; NAME alone takes it from the environment', collect)
    .option('-l, --label <key=value>', 'set a label', collect)
    .option('-w, --workdir <dir>', 'working directory')
    .option('-u, --user <user>', 'user, or user:group')
    .option('--entrypoint <command>', 'replace the entrypoint of the image')
    .option('--platform <os/arch>', 'which image of a multi-platform one')
    .passThroughOptions()
    .action(async (image: string, words: readonly string[], flags: CreateFlags) => {
      const { name, platform } = flags;
      const changes = createChanges(words, flags, session);
      const options = {
        changes,
        content: false,
        ...(name !== undefined && { name }),
        ...(platform !== undefined && { platform }),
      };
      const container = await (await session.engine()).create(image, options);
      await session.print(`${container.id}\n`);
    });
  withExamples(command, [
    ['stratum create --name web debian', 'prints the id of the container'],
    ['stratum create -e LANG=C -w /srv debian bash -l', 'with a config of its own'],
  ]);
}

function createChanges(words: readonly string[], flags: CreateFlags, session: Session): ConfigChanges {
  return {
    ...(words.length > 0 && { cmd: words }),
    ...(flags.entrypoint !== undefined && { entrypoint: flags.entrypoint === '' ? [] : [flags.entrypoint] }),
    ...(flags.env && { env: flags.env.flatMap((pair) => variable(pair, session)) }),
    ...(flags.label && { labels: parsePairs(flags.label) }),
    ...(flags.workdir !== undefined && { workingDir: flags.workdir }),
    ...(flags.user !== undefined && { user: flags.user }),
  };
}

/** A name alone takes the value from the environment, and nothing when it is not there: as Docker does. */
function variable(pair: string, session: Session): string[] {
  if (pair.includes('=')) return [pair];
  const value = session.io.env[pair];
  return value === undefined ? [] : [`${pair}=${value}`];
}

function ps(command: Command, session: Session): void {
  command
    .option('-a, --all', 'accepted for scripts: containers here run nothing, so all are always listed')
    .option('-q, --quiet', 'print only ids')
    .option('--no-trunc', 'do not shorten ids and commands')
    .option('--format <format>', "'table', 'json', or a template such as '{{.Names}}'")
    .action(async (options: PsOptions) => {
      const containers = await (await session.engine()).ps();
      await session.print(await formatContainers(containers, options, session.io.now()));
    });
  withExamples(command, [
    ['stratum ps', 'all containers'],
    ['stratum rm $(stratum ps -q)', 'remove all containers'],
  ]);
}

/** The text of `ps`. */
export function formatContainers(
  containers: readonly ContainerSummary[],
  options: PsOptions,
  now: Date,
): Promise<string> {
  const rows = containers.map((container) => containerRow(container, options.trunc, now));
  const columns = ['ID', 'Image', 'Command', 'CreatedSince', 'Status', 'Names'];
  return formatListing({ headings: HEADINGS, columns, rows, quietField: 'ID' }, options);
}

function containerRow(container: ContainerSummary, trunc: boolean, now: Date): Row {
  return {
    ID: trunc ? container.id.slice(0, ID_WIDTH) : container.id,
    Image: container.image,
    ImageID: container.imageId,
    Command: JSON.stringify(trunc ? ellipsis(container.command, COMMAND_WIDTH) : container.command),
    CreatedSince: humanAge(container.created, now),
    CreatedAt: goTime(container.created),
    Status: container.status,
    Names: container.name,
  };
}

function rm(command: Command, session: Session): void {
  command
    .argument('<container...>', 'names or ids')
    .option('-f, --force', 'no error when there is no such container')
    .action(async (names: readonly string[], options: { readonly force?: boolean }) => {
      const engine = await session.engine();
      for (const name of names) {
        try {
          await engine.rm(name);
          await session.print(`${name}\n`);
        } catch (error) {
          if (!options.force || !isStratumError(error, 'CONTAINER_UNKNOWN')) await session.report(error);
        }
      }
    });
  withExamples(command, [['stratum rm web', 'the container and everything written in it']]);
}

function diff(command: Command, session: Session): void {
  command
    .argument('<container|image>', 'a container, or the older image')
    .argument('[image]', 'the newer image')
    .option('--format <format>', "'json', or a template such as '{{.Kind}} {{.Path}}'")
    .action(async (name: string, other: string | undefined, options: { readonly format?: string }) => {
      const engine = await session.engine();
      const changes = other === undefined ? await engine.diff(name) : await engine.diff(name, other);
      await session.print(await formatChanges(changes, options.format));
    });
  withExamples(command, [
    ['stratum diff web', 'A added, C changed, D deleted since the image'],
    ['stratum diff app:1.0 app:1.1', 'what a newer image changed'],
  ]);
}

/** The text of `diff`. */
export async function formatChanges(changes: readonly Change[], format: string | undefined): Promise<string> {
  if (format === undefined) return changes.map(({ kind, path }) => `${LETTERS[kind]} ${printable(path)}\n`).join('');
  const rows = changes.map(({ kind, path }) => ({ Kind: LETTERS[kind], Path: path }));
  return formatListing({ headings: {}, columns: ['Kind', 'Path'], rows }, { format });
}

/** A file name may hold control characters: a line stays a line. */
function printable(path: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for
  return path.replace(/[\u0000-\u001f\u007f]/g, (char) => JSON.stringify(char).slice(1, -1));
}

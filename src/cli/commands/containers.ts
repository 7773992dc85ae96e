/** `create`, `ps`, `rm`, `diff`: containers and what changed in them. */

import type { Command } from 'commander';
import { isStratumError } from '../../base/error.js';
import type { Change, ChangeKind, ContainerSummary, RunState } from '../../engine/records.js';
import { withExamples } from '../help.js';
import { ellipsis, goTime, humanAge } from '../human.js';
import { formatListing, type Row } from '../listing.js';
import { addCreateOptions, type CreateFlags, createOptions } from '../run/options.js';
import type { Session } from '../session.js';
import type { VerbModule } from '../verbs.js';
import { visibleText } from '../visible-text.js';

interface PsOptions {
  readonly all?: boolean;
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
  addCreateOptions(command)
    .argument('<image>', 'name or ID')
    .argument('[command...]', 'what the container is to run, kept in its config')
    .action(async (image: string, words: readonly string[], flags: CreateFlags) => {
      const options = createOptions(words, flags, session);
      const container = await (await session.engine()).create(image, { ...options, content: false });
      await session.print(`${container.id}\n`);
    });
  withExamples(command, [
    ['stratum create --name web debian', 'prints the id of the container'],
    ['stratum create -e LANG=C -w /srv debian bash -l', 'with a config of its own'],
  ]);
}

function ps(command: Command, session: Session): void {
  command
    .option('-a, --all', 'also those that do not run')
    .option('-q, --quiet', 'print only ids')
    .option('--no-trunc', 'do not shorten ids and commands')
    .option('--format <format>', "'table', 'json', or a template such as '{{.Names}}'")
    .action(async (options: PsOptions) => {
      const containers = await (await session.engine()).ps();
      const shown = containers.filter(({ state }) => options.all === true || state.status === 'running');
      await session.print(await formatContainers(shown, options, session.io.now()));
    });
  withExamples(command, [
    ['stratum ps -a', 'all containers'],
    ['stratum rm $(stratum ps -aq)', 'remove all that do not run'],
  ]);
}

/** The text of `ps`. */
export function formatContainers(
  containers: readonly ContainerSummary[],
  options: PsOptions,
  now: Date,
): Promise<string> {
  const rows = containers.map((container) => containerRow(container, options.trunc, now));
  const columns = ['ID', 'Image', 'Command', 'CreatedSince', 'Status', 'Ports', 'Names'];
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
    Status: statusText(container.state, now),
    State: container.state.status,
    Ports: container.ports.join(', '),
    Names: container.name,
  };
}

/** As Docker's: `Up 5 minutes`, `Exited (0) 2 hours ago`. */
function statusText({ status, startedAt, finishedAt, exitCode = 0 }: RunState, now: Date): string {
  if (status === 'created') return 'Created';
  if (status === 'running') return `Up ${humanAge(startedAt, now).replace(/ ago$/, '')}`;
  return `Exited (${exitCode}) ${humanAge(finishedAt, now)}`;
}

function rm(command: Command, session: Session): void {
  command
    .argument('<container...>', 'names or ids')
    .option('-f, --force', 'kill it if it runs; no error when there is no such container')
    .option('-v, --volumes', 'its unnamed volumes, too')
    .action(async (names: readonly string[], options: { readonly force?: boolean; readonly volumes?: boolean }) => {
      const engine = await session.engine();
      await session.each(names, async (name) => {
        try {
          await engine.rm(name, options);
        } catch (error) {
          if (options.force && isStratumError(error, 'CONTAINER_UNKNOWN')) return;
          throw error;
        }
        await session.print(`${name}\n`);
      });
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
  if (format === undefined) return changes.map(({ kind, path }) => `${LETTERS[kind]} ${visibleText(path)}\n`).join('');
  const rows = changes.map(({ kind, path }) => ({ Kind: LETTERS[kind], Path: path }));
  return formatListing({ headings: {}, columns: ['Kind', 'Path'], rows }, { format });
}

/** `volume` and `cache`: directories that outlive containers and builds. */

import { createReadStream } from 'node:fs';
import type { Command } from 'commander';
import { withExamples } from '../help.js';
import { humanSize } from '../human.js';
import { write } from '../io.js';
import { formatListing, type Listing } from '../listing.js';
import { collect, parsePairs } from '../options.js';
import type { Session } from '../session.js';
import type { VerbModule } from '../verbs.js';

interface ListFlags {
  readonly quiet?: boolean;
  readonly format?: string;
}

export const verbs: VerbModule['verbs'] = { volume, cache };

const SHORT_KEY = 12;

function volume(command: Command, session: Session): void {
  command
    .command('create')
    .description('Create a volume')
    .argument('[name]', 'a random one without it')
    .option('--label <key=value>', 'set a label', collect)
    .action(async (name: string | undefined, { label }: { readonly label?: readonly string[] }) => {
      const labels = parsePairs(label ?? []);
      const made = await (await session.engine()).volumes.create({ labels, ...(name !== undefined && { name }) });
      await session.print(`${made.name}\n`);
    });
  command
    .command('ls')
    .alias('list')
    .description('List volumes')
    .option('-q, --quiet', 'print only names')
    .option('--format <format>', "'table', 'json', or a template such as '{{.Name}}'")
    .action(async (flags: ListFlags) => {
      const volumes = await (await session.engine()).volumes.list();
      const rows = volumes.map(({ name, size, containers }) => ({
        Driver: 'local',
        Name: name,
        Size: humanSize(size),
        Bytes: size,
        Containers: containers.length,
      }));
      await printListing(
        session,
        {
          headings: { Name: 'VOLUME NAME' },
          columns: ['Driver', 'Name', 'Size', 'Containers'],
          rows,
          quietField: 'Name',
        },
        flags,
      );
    });
  command
    .command('inspect')
    .description('Show everything known of volumes')
    .argument('<volume...>')
    .action(async (names: readonly string[]) => {
      const { volumes } = await session.engine();
      const found = [];
      for (const name of names) found.push(await volumes.inspect(name));
      await session.print(`${JSON.stringify(found, undefined, 4)}\n`);
    });
  command
    .command('rm')
    .alias('remove')
    .description('Remove volumes')
    .argument('<volume...>')
    .action((names: readonly string[]) =>
      session.each(names, async (name) => {
        await (await session.engine()).volumes.remove(name);
        await session.print(`${name}\n`);
      }),
    );
  command
    .command('prune')
    .description('Remove the volumes without a name that no container mounts')
    .option('-a, --all', 'those with a name, too')
    .action(async ({ all = false }: { readonly all?: boolean }) => {
      const { names, freedBytes } = await (await session.engine()).volumes.prune({ all });
      await printRemoved(session, names, freedBytes);
    });
  command
    .command('export')
    .description('Write the content of a volume as a tar')
    .argument('<volume>')
    .action(async (name: string) => {
      for await (const chunk of (await session.engine()).volumes.export(name)) await write(session.io.stdout, chunk);
    });
  command
    .command('import')
    .description('Put the content of a tar in the place of that of a volume')
    .argument('<volume>')
    .argument('[file]', 'standard input without it')
    .action(async (name: string, file: string | undefined) => {
      await (await session.engine()).volumes.import(name, tarFrom(file, session));
    });
  withExamples(command, [
    ['stratum volume ls', 'all volumes'],
    ['stratum volume export data > data.tar', 'what is in one'],
  ]);
}

function cache(command: Command, session: Session): void {
  command
    .command('ls')
    .alias('list')
    .description('List what RUN --mount=type=cache keeps')
    .option('-q, --quiet', 'print only keys')
    .option('--format <format>', "'table', 'json', or a template such as '{{.ID}}'")
    .action(async (flags: ListFlags) => {
      const caches = await (await session.engine()).buildCaches.list();
      const rows = caches.map(({ key, id, size, lastUsed }) => ({
        Key: key.slice(0, SHORT_KEY),
        ID: id,
        Size: humanSize(size),
        Bytes: size,
        LastUsed: lastUsed,
      }));
      await printListing(
        session,
        { headings: { LastUsed: 'LAST USED' }, columns: ['Key', 'ID', 'Size', 'LastUsed'], rows, quietField: 'Key' },
        flags,
      );
    });
  command
    .command('rm')
    .alias('remove')
    .description('Remove caches')
    .argument('<id|key...>')
    .action((names: readonly string[]) =>
      session.each(names, async (name) => {
        await (await session.engine()).buildCaches.remove(name);
        await session.print(`${name}\n`);
      }),
    );
  command
    .command('prune')
    .description('Remove all caches of RUN --mount=type=cache')
    .action(async () => {
      const { keys, freedBytes } = await (await session.engine()).buildCaches.prune();
      await printRemoved(session, keys, freedBytes);
    });
  command
    .command('export')
    .description('Write the content of a cache as a tar')
    .argument('<id|key>')
    .action(async (name: string) => {
      for await (const chunk of (await session.engine()).buildCaches.export(name))
        await write(session.io.stdout, chunk);
    });
  command
    .command('import')
    .description('Put the content of a tar in the place of that of a cache')
    .argument('<id>', 'as RUN --mount=type=cache,id= has it, or its target')
    .argument('[file]', 'standard input without it')
    .action(async (id: string, file: string | undefined) => {
      await (await session.engine()).buildCaches.import(id, tarFrom(file, session));
    });
  withExamples(command, [
    ['stratum cache ls', 'all caches'],
    ['stratum cache export /root/.npm > npm.tar', 'to be imported elsewhere'],
  ]);
}

function tarFrom(file: string | undefined, session: Session): AsyncIterable<Uint8Array> {
  return file === undefined || file === '-' ? session.io.stdin : createReadStream(session.hostPath(file));
}

async function printListing(session: Session, listing: Listing, flags: ListFlags): Promise<void> {
  await session.print(await formatListing(listing, flags));
}

async function printRemoved(session: Session, names: readonly string[], freedBytes: number): Promise<void> {
  await session.print(`${names.map((name) => `${name}\n`).join('')}Total reclaimed space: ${humanSize(freedBytes)}\n`);
}

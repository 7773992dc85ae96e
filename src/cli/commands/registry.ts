/** `pull`, `push`, `copy`, `search`, `manifest`: images in registries. */

import { type Command, Option } from 'commander';
import type { PulledImage } from '../../engine/pull.js';
import type { PushedImage } from '../../engine/push.js';
import { familiarReference, formatReference, parseReference } from '../../image/reference.js';
import { withExamples } from '../help.js';
import { write } from '../io.js';
import { formatListing } from '../listing.js';
import { type RegistryFlags, registryClient, registryOptions } from '../registry/client.js';
import { layerLines, PULL_WORDS, PUSH_WORDS } from '../registry/layer-lines.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

interface TransferFlags extends RegistryFlags {
  readonly quiet?: boolean;
  readonly platform?: string;
  readonly allPlatforms?: boolean;
  readonly allTags?: boolean;
}

interface SearchFlags extends RegistryFlags {
  readonly limit?: string;
  readonly format?: string;
  readonly quiet?: boolean;
}

export const verbs: VerbModule['verbs'] = { pull, push, copy, search, manifest };

function pull(command: Command, session: Session): void {
  registryOptions(command)
    .argument('<image...>', 'names in a registry, with a tag or a digest')
    .option('-q, --quiet', 'print only the whole name')
    .option('-a, --all-tags', 'every tag of the repository')
    .addOption(platformOption())
    .addOption(allPlatformsOption('every image of a multi-platform one'))
    .action(async (names: readonly string[], flags: TransferFlags) => {
      const client = await registryClient(session, flags);
      const engine = await session.engine(flags.platform, client);
      await session.each(names, async (name) => {
        const { signal } = session.io;
        for (const each of flags.allTags ? await tagsOf(client, name) : [name]) {
          await introduce(each, flags, session);
          const lines = layerLines(session, PULL_WORDS, flags);
          try {
            const options = { onProgress: lines.onProgress, signal, ...chosenPlatforms(flags) };
            await lines.finish(pulledText(await engine.pull(each, options), flags.quiet === true));
          } finally {
            await lines.finish('');
          }
        }
      });
    });
  withExamples(command, [
    ['stratum pull debian', 'docker.io/library/debian:latest'],
    ['stratum pull --platform linux/arm64 127.0.0.1:5000/app:1', 'one image of a multi-platform one'],
    ['stratum pull --all-platforms 127.0.0.1:5000/app:1', 'all of them, to push them elsewhere'],
  ]);
}

/** What Docker says before it pulls. */
async function introduce(name: string, { quiet, allTags }: TransferFlags, session: Session): Promise<void> {
  if (quiet === true) return;
  const reference = parseReference(name);
  const isTagless = reference.tag === 'latest' && !/:latest$/.test(name) && allTags !== true;
  if (isTagless) await session.print('Using default tag: latest\n');
  await session.print(`${reference.digest ?? reference.tag}: Pulling from ${reference.repository}\n`);
}

function pulledText({ reference, digest, isNew }: PulledImage, isQuiet: boolean): string {
  const whole = `${formatReference(parseReference(reference))}\n`;
  if (isQuiet) return whole;
  const status = isNew ? 'Downloaded newer image for' : 'Image is up to date for';
  return `Digest: ${digest}\nStatus: ${status} ${reference}\n${whole}`;
}

function push(command: Command, session: Session): void {
  registryOptions(command)
    .argument('<image>', 'the name that it has here and will have in the registry')
    .option('-q, --quiet', 'print only the whole name')
    .option('-a, --all-tags', 'every tag of the repository that is here')
    .addOption(platformOption())
    .addOption(allPlatformsOption('insist on every image of a multi-platform one'))
    .action(async (name: string, flags: TransferFlags) => {
      const engine = await session.engine(undefined, await registryClient(session, flags));
      const { registry, repository } = parseReference(name);
      const names = flags.allTags
        ? (await engine.images({ reference: name })).map((image) => `${image.repository}:${image.tag}`)
        : [name];
      if (flags.quiet !== true) await session.print(`The push refers to repository [${registry}/${repository}]\n`);
      for (const each of names) {
        const lines = layerLines(session, PUSH_WORDS, flags);
        try {
          const options = { onProgress: lines.onProgress, signal: session.io.signal, ...chosenPlatforms(flags) };
          const pushed = await engine.push(each, options);
          await lines.finish(pushedText(pushed, flags.quiet === true));
          if (pushed.instead !== undefined) await write(session.io.stderr, insteadText(pushed));
        } finally {
          await lines.finish('');
        }
      }
    });
  withExamples(command, [
    ['stratum push 127.0.0.1:5000/app:1', 'only what the registry lacks is sent'],
    ['stratum push --all-tags 127.0.0.1:5000/app', 'every name of the repository'],
  ]);
}

function pushedText({ reference, descriptor }: PushedImage, isQuiet: boolean): string {
  const parsed = parseReference(reference);
  if (isQuiet) return `${formatReference(parsed)}\n`;
  return `${parsed.tag}: digest: ${descriptor.digest} size: ${descriptor.size}\n`;
}

function insteadText({ descriptor, instead }: PushedImage): string {
  return `NOTE: pushed ${descriptor.digest} alone: not all images of the index ${instead?.digest} are here or there\n`;
}

function copy(command: Command, session: Session): void {
  registryOptions(command)
    .argument('<from>', 'a name in a registry, or oci:DIRECTORY[:TAG]')
    .argument('<to>', 'the same')
    .option('-q, --quiet', 'print only the digest')
    .addOption(new Option('--platform <os/arch>', 'one image of a multi-platform one (default: all of them)'))
    .addOption(allPlatformsOption('accepted for scripts: all of them are copied'))
    .action(async (from: string, to: string, flags: TransferFlags) => {
      const engine = await session.engine(undefined, await registryClient(session, flags));
      const lines = layerLines(session, PUSH_WORDS, flags);
      const platform = flags.platform === undefined ? {} : { platform: flags.platform };
      try {
        const options = { onProgress: lines.onProgress, signal: session.io.signal, ...platform };
        const digest = await engine.copy(from, to, options);
        await lines.finish(flags.quiet === true ? `${digest}\n` : `Digest: ${digest}\n`);
      } finally {
        await lines.finish('');
      }
    });
  withExamples(command, [
    ['stratum copy 127.0.0.1:5000/app:1 127.0.0.1:5001/app:1', 'between registries, past the store'],
    ['stratum copy docker://127.0.0.1:5000/app:1 oci:layout:1', 'into a layout directory'],
  ]);
}

function search(command: Command, session: Session): void {
  registryOptions(command)
    .argument('<repository>', "whose tags to list; 'HOST/' lists the repositories of a registry that tells them")
    .option('--limit <n>', 'at most so many')
    .option('-q, --quiet', 'print only the tags')
    .option('--format <format>', "'table', 'json', or a template such as '{{.Name}}:{{.Tag}}'")
    .action(async (name: string, flags: SearchFlags) => {
      const client = await registryClient(session, flags);
      const isRegistry = name.endsWith('/');
      const found = isRegistry ? client.catalog(name.slice(0, -1)) : client.repository(parseReference(name)).tags();
      const shown = isRegistry ? name.slice(0, -1) : familiarReference({ ...parseReference(name), tag: undefined });
      const all = await firstOf(found, parseLimit(flags.limit));
      const rows = all.map((each) => (isRegistry ? { Name: `${shown}/${each}` } : { Name: shown, Tag: each }));
      const columns = isRegistry ? ['Name'] : ['Name', 'Tag'];
      const listing = { headings: {}, columns, rows, quietField: isRegistry ? 'Name' : 'Tag' };
      await session.print(await formatListing(listing, flags));
    });
  withExamples(command, [
    ['stratum search 127.0.0.1:5000/app', 'the tags of a repository'],
    ['stratum search 127.0.0.1:5000/', 'the repositories of a registry'],
  ]);
}

function manifest(command: Command, session: Session): void {
  const inspect = registryOptions(command.command('inspect').description('Show a manifest or index of a registry'));
  inspect
    .argument('<image>', 'a name in a registry')
    .option('--raw', 'the bytes as they are')
    .action(async (name: string, flags: RegistryFlags & { readonly raw?: boolean }) => {
      const engine = await session.engine(undefined, await registryClient(session, flags));
      const { bytes } = await engine.manifest(`docker://${name.replace(/^docker:\/\//, '')}`, {
        signal: session.io.signal,
      });
      await session.print(
        flags.raw ? bytes : `${JSON.stringify(JSON.parse(Buffer.from(bytes).toString()), null, 4)}\n`,
      );
    });
  for (const each of [command, inspect]) {
    withExamples(each, [
      ['stratum manifest inspect 127.0.0.1:5000/app:1', 'its layers, or its platforms'],
      ['stratum manifest inspect --raw 127.0.0.1:5000/app:1 | sha256sum', 'its digest'],
    ]);
  }
}

function platformOption(): Option {
  return new Option('--platform <os/arch>', 'which image of a multi-platform one').conflicts('allPlatforms');
}

function allPlatformsOption(what: string): Option {
  return new Option('--all-platforms', what);
}

function chosenPlatforms({ platform, allPlatforms }: TransferFlags): { platform?: string; allPlatforms?: boolean } {
  return {
    ...(platform === undefined ? {} : { platform }),
    ...(allPlatforms === undefined ? {} : { allPlatforms }),
  };
}

async function tagsOf(client: Awaited<ReturnType<typeof registryClient>>, name: string): Promise<string[]> {
  const reference = parseReference(name);
  const tags = await firstOf(client.repository(reference).tags(), Number.POSITIVE_INFINITY);
  return tags.map((tag) => formatReference({ ...reference, tag }));
}

async function firstOf(items: AsyncIterable<string>, limit: number): Promise<string[]> {
  const found: string[] = [];
  if (limit === 0) return found;
  for await (const item of items) {
    found.push(item);
    if (found.length >= limit) break;
  }
  return found;
}

function parseLimit(text: string | undefined): number {
  if (text === undefined) return Number.POSITIVE_INFINITY;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new UsageError(`--limit must be a number, not '${text}'`);
}

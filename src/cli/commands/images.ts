/** `images`, `tag`, `rmi`: the names in a store. */

import type { Command } from 'commander';
import { shortId } from '../../digest/digest.js';
import type { Engine } from '../../engine/engine.js';
import type { ImageSummary } from '../../engine/records.js';
import { withExamples } from '../help.js';
import { goTime, humanAge, humanSize } from '../human.js';
import { formatListing, type Row } from '../listing.js';
import { collect } from '../options.js';
import { isReferencePattern, referenceMatcher } from '../reference-pattern.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

interface ImagesOptions {
  readonly all?: boolean;
  readonly quiet?: boolean;
  readonly trunc: boolean;
  readonly digests?: boolean;
  readonly format?: string;
  readonly filter?: readonly string[];
}

const HEADINGS = { ID: 'IMAGE ID', CreatedSince: 'CREATED', CreatedAt: 'CREATED AT' };
const NONE = '<none>';

export const verbs: VerbModule['verbs'] = { images, tag, rmi };

function images(command: Command, session: Session): void {
  command
    .argument('[reference]', 'only images of this name, with or without a tag; * and ? stand for others')
    .option('-a, --all', 'accepted for scripts: there are no hidden images')
    .option('-q, --quiet', 'print only image IDs')
    .option('--no-trunc', 'do not shorten ids')
    .option('--digests', 'show the digests of the manifests')
    .option('-f, --filter <filter>', "'reference=PATTERN' or 'dangling=true|false'", collect)
    .option('--format <format>', "'table', 'json', or a template such as '{{.ID}} {{.Size}}'")
    .action(async (reference: string | undefined, options: ImagesOptions) => {
      const shown = await findImages(await session.engine(), parseFilters(options.filter ?? [], reference));
      await session.print(await formatImages(shown, options, session.io.now()));
    });
  withExamples(command, [
    ['stratum images', 'everything that has a name'],
    ["stratum images 'app*'", 'images whose name begins with app'],
    ['stratum images -q --no-trunc', 'only the full ids'],
    ["stratum images --format 'table {{.Repository}}\\t{{.Size}}'", 'two columns'],
  ]);
}

function tag(command: Command, session: Session): void {
  command
    .argument('<source>', 'name or ID of an image')
    .argument('<target>', 'the other name')
    .action(async (source: string, target: string) => (await session.engine()).tag(source, target));
  withExamples(command, [['stratum tag app:latest app:1.0', 'one image, two names']]);
}

function rmi(command: Command, session: Session): void {
  command
    .argument('<image...>', 'names or IDs')
    .option('-f, --force', 'also when the image has several names')
    .action(async (references: readonly string[], options: { readonly force?: boolean }) => {
      const engine = await session.engine();
      await session.each(references, async (reference) => {
        const { untagged, deleted } = await engine.rmi(reference, { force: options.force === true });
        for (const name of untagged) await session.print(`Untagged: ${name}\n`);
        for (const digest of deleted) await session.print(`Deleted: ${digest}\n`);
      });
    });
  withExamples(command, [
    ['stratum rmi app:1.0', 'takes the name away; the image goes with its last name'],
    ['stratum rmi -f 3f9a1c', 'takes away all names of an ID'],
  ]);
}

/** The text of `images`. */
export function formatImages(all: readonly ImageSummary[], options: ImagesOptions, now: Date): Promise<string> {
  const rows = all.map((image) => imageRow(image, options.trunc, now));
  const digest = options.digests ? ['Digest'] : [];
  const columns = ['Repository', 'Tag', ...digest, 'ID', 'CreatedSince', 'Size'];
  return formatListing({ headings: HEADINGS, columns, rows, quietField: 'ID' }, options);
}

function imageRow(image: ImageSummary, trunc: boolean, now: Date): Row {
  return {
    Repository: image.repository ?? NONE,
    Tag: image.tag ?? NONE,
    Digest: image.digest,
    ID: trunc ? shortId(image.id) : image.id,
    CreatedSince: humanAge(image.created, now),
    CreatedAt: goTime(image.created),
    Size: humanSize(image.size),
    Bytes: image.size,
    Platform: image.platform,
  };
}

async function findImages(engine: Engine, { reference, dangling }: Filters): Promise<readonly ImageSummary[]> {
  const isPattern = reference !== undefined && isReferencePattern(reference);
  const all = await engine.images(reference === undefined || isPattern ? {} : { reference });
  const found = isPattern ? all.filter(referenceMatcher(reference)) : all;
  return found.filter((image) => dangling === undefined || isDangling(image) === dangling);
}

interface Filters {
  readonly reference?: string;
  readonly dangling?: boolean;
}

function parseFilters(filters: readonly string[], reference: string | undefined): Filters {
  let parsed: Filters = reference === undefined ? {} : { reference };
  for (const filter of filters) {
    const [, name, value = ''] = /^(\w+)=(.*)$/.exec(filter) ?? [];
    if (name === 'reference') parsed = { ...parsed, reference: value };
    else if (name === 'dangling' && /^(true|false)$/.test(value)) parsed = { ...parsed, dangling: value === 'true' };
    else throw new UsageError(`invalid filter '${filter}'`, "Use 'reference=PATTERN' or 'dangling=true'.");
  }
  return parsed;
}

function isDangling(image: ImageSummary): boolean {
  return image.repository === undefined;
}

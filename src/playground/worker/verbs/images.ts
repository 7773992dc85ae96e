/** Verbs on images: list them, look at their layers and history, name them, take names away. */

import { shortId } from '../../../digest/digest.js';
import { layerChanges } from '../../../fs/packing.js';
import type { UnionFs } from '../../../fs/union-fs.js';
import { shortText, sizeText } from '../../text.js';
import { parseOptions, usage } from '../command-line.js';
import type { Verb } from '../place.js';
import { columns } from '../table.js';

export const images: Verb = async (args, { engine, print }) => {
  const given = parseOptions('images', args, {
    flags: {
      '-a': 'all',
      '--all': 'all',
      '-q': 'quiet',
      '--quiet': 'quiet',
      '--digests': 'digests',
      '--no-trunc': 'long',
    },
  });
  const [reference] = given.operands;
  const all = await engine.images(reference === undefined ? {} : { reference });
  const shown = (id: string): string => (given.flags.has('long') ? id : shortText(id));
  if (given.flags.has('quiet')) {
    print(all.map(({ id }) => `${shown(id)}\n`).join(''));
    return;
  }
  const withDigests = given.flags.has('digests');
  print(
    columns(
      ['REPOSITORY', 'TAG', ...(withDigests ? ['DIGEST'] : []), 'IMAGE ID', 'SIZE'],
      all.map(({ repository = '<none>', tag = '<none>', digest, id, size }) => [
        repository,
        tag,
        ...(withDigests ? [digest] : []),
        shown(id),
        sizeText(size),
      ]),
    ),
  );
};

export const history: Verb = async (args, { engine, print }) => {
  const given = parseOptions('history', args, { flags: { '--no-trunc': 'long', '-q': 'quiet' } });
  const lines = await engine.history(one(given.operands, 'history IMAGE'));
  const cut = (text: string): string => (given.flags.has('long') || text.length < 60 ? text : `${text.slice(0, 58)}…`);
  print(
    columns(
      ['IMAGE', 'CREATED BY', 'SIZE'],
      lines.map(({ id, createdBy, size, emptyLayer }) => [
        id === undefined ? '<missing>' : shortId(id),
        cut(createdBy.replaceAll('\n', ' ')),
        emptyLayer ? '0B' : sizeText(size),
      ]),
    ),
  );
};

export const layers: Verb = async (args, { engine, print }) => {
  const given = parseOptions('layers', args, {
    flags: { '--no-trunc': 'long' },
    values: { '--format': 'format' },
  });
  const name = one(given.operands, 'layers IMAGE');
  const { layers: stack } = await engine.stack(name);
  const format = given.last('format');
  if (format !== undefined) {
    for (const { diffId, digest, storedBytes, createdBy, index } of [...stack].reverse()) {
      const fields = { DiffID: diffId, Digest: digest, Bytes: storedBytes, Size: sizeText(storedBytes) };
      print(`${filled(format, { ...fields, CreatedBy: createdBy, Position: index + 1 })}\n`);
    }
    return;
  }
  const usage = await engine.df();
  const names = new Map(usage.images.map(({ id, references }) => [id, references[0] ?? shortId(id)]));
  const own = String((await engine.inspectImage(name))['Id']);
  const widest = Math.max(1, ...stack.map(({ storedBytes }) => storedBytes));
  const shown = (id: string): string => (given.flags.has('long') ? id : shortText(id));
  const othersOf = (digest: string): string[] =>
    (usage.layers.find((layer) => layer.digest === digest)?.images ?? [])
      .filter((id) => id !== own)
      .map((id) => names.get(id) ?? shortId(id));
  print(
    columns(
      ['#', 'DIFFID', 'DIGEST', 'SIZE', '', 'SHARED WITH', 'CREATED BY'],
      [...stack]
        .reverse()
        .map(({ index, diffId, digest, storedBytes, createdBy }) => [
          String(index + 1),
          shown(diffId),
          shown(digest),
          sizeText(storedBytes),
          (othersOf(digest).length > 0 ? '░' : '█').repeat(Math.max(1, Math.round((storedBytes / widest) * 12))),
          othersOf(digest).join(', ') || '-',
          createdBy.replaceAll('\n', ' ').slice(0, 50),
        ]),
    ),
  );
};

/** `{{.Field}}` by its value; an unknown one is an error, never silence. */
function filled(format: string, fields: Readonly<Record<string, string | number>>): string {
  return format.replace(/\{\{\s*\.(\w+)\s*\}\}/g, (_, name: string) => {
    if (!Object.hasOwn(fields, name))
      throw usage(`there is no field ${name}; there are ${Object.keys(fields).join(', ')}`);
    return String(fields[name]);
  });
}

export const inspect: Verb = async (args, { engine, print }) => {
  const given = parseOptions('inspect', args, { values: { '-f': 'format', '--format': 'format', '--type': 'type' } });
  const path = /^\{\{\s*(?:json\s+)?((?:\.\w+)+)\s*\}\}$/.exec(given.last('format') ?? '')?.[1];
  if (given.last('format') !== undefined && path === undefined) {
    throw usage('inspect -f takes a path here, such as {{.RootFS.Layers}}');
  }
  for (const name of given.operands) {
    let value: unknown = await engine.inspect(name);
    for (const field of path?.split('.').slice(1) ?? []) value = (value as Record<string, unknown>)?.[field];
    print(`${typeof value === 'string' ? value : JSON.stringify(value, undefined, 2)}\n`);
  }
};

export const tag: Verb = async (args, { engine }) => {
  const [source, target] = args;
  if (source === undefined || target === undefined) throw usage('tag IMAGE NAME');
  await engine.tag(source, target);
};

export const rmi: Verb = async (args, { engine, print }) => {
  const given = parseOptions('rmi', args, { flags: { '-f': 'force', '--force': 'force' } });
  for (const name of given.operands) {
    const { untagged, deleted } = await engine.rmi(name, { force: given.flags.has('force') });
    print([...untagged.map((each) => `Untagged: ${each}\n`), ...deleted.map((id) => `Deleted: ${id}\n`)].join(''));
  }
};

export const df: Verb = async (args, { engine, print }) => {
  const given = parseOptions('df', args, { flags: { '-v': 'verbose', '--verbose': 'verbose' } });
  const usage = await engine.df();
  if (given.flags.has('verbose')) {
    print(
      columns(
        ['IMAGE', 'IMAGE ID', 'SIZE', 'SHARED SIZE', 'UNIQUE SIZE', 'CONTAINERS'],
        usage.images.map(({ id, references, size, sharedSize, uniqueSize, containers }) => [
          references.join(', ') || '<none>',
          shortId(id),
          sizeText(size),
          sizeText(sharedSize),
          sizeText(uniqueSize),
          String(containers),
        ]),
      ),
    );
    print(
      `\nLayers:\n${columns(
        ['DIGEST', 'SIZE', 'IMAGES'],
        usage.layers.map(({ digest, size, images }) => [shortId(digest), sizeText(size), String(images.length)]),
      )}`,
    );
    const containers: string[][] = [];
    for (const { id, name } of usage.containers) {
      const { union } = await engine.container(id);
      containers.push([name, id.slice(0, 12), sizeText(upperBytes(union))]);
    }
    if (containers.length > 0) print(`\n${columns(['CONTAINER', 'ID', 'SIZE OF ITS UPPER'], containers)}`);
    print('\n');
  }
  print(`stored: ${sizeText(usage.blobBytes)}; without sharing: ${sizeText(usage.bytesWithoutSharing)}\n`);
};

/** Bytes of the files that an upper holds. */
function upperBytes(union: UnionFs): number {
  let sum = 0;
  for (const change of layerChanges(union.fork().view.changes())) if (change.kind === 'file') sum += change.size;
  return sum;
}

export function one(operands: readonly string[], wanted: string): string {
  const [first, second] = operands;
  if (first === undefined || second !== undefined) throw usage(`write: stratum ${wanted}`);
  return first;
}

/** `inspect`: everything known of images and containers, as JSON. */

import { type Command, Option } from 'commander';
import { isStratumError } from '../../base/error.js';
import type { JsonObject } from '../../base/json.js';
import type { Engine } from '../../engine/engine.js';
import { withExamples } from '../help.js';
import { type RegistryFlags, registryClient, registryOptions } from '../registry/client.js';
import type { Session } from '../session.js';
import { parseTemplate, renderTemplate } from '../template.js';
import type { VerbModule } from '../verbs.js';

interface InspectOptions extends RegistryFlags {
  readonly raw?: boolean;
  readonly format?: string;
  readonly type?: 'image' | 'container';
  readonly size?: boolean;
}

export const verbs: VerbModule['verbs'] = { inspect };

function inspect(command: Command, session: Session): void {
  registryOptions(command)
    .argument('<name...>', "images or containers; 'docker://NAME' is one in its registry")
    .option('--raw', 'the manifest or index of an image, byte for byte')
    .option('-f, --format <format>', "'json', or a template such as '{{.Config.Env}}'")
    .addOption(new Option('--type <type>', 'look only among').choices(['image', 'container']))
    .option('-s, --size', 'for a container, how much it wrote')
    .action((names: readonly string[], options: InspectOptions) => run(names, options, session));
  withExamples(command, [
    ['stratum inspect debian', 'all of it'],
    ["stratum inspect -f '{{json .RootFS.Layers}}' debian", 'the DiffIDs'],
    ["stratum inspect -f '{{index .RepoTags 0}}' 3f9a1c", 'the first name of an ID'],
    ['stratum inspect --raw docker://127.0.0.1:5000/app:1', 'the manifest, as the registry has it'],
    ['stratum inspect --type container --size web', 'a container, never an image of that name'],
  ]);
}

async function run(names: readonly string[], options: InspectOptions, session: Session): Promise<void> {
  const isRemote = names.some((name) => name.startsWith('docker://'));
  const engine = await session.engine(undefined, isRemote ? await registryClient(session, options) : undefined);
  if (options.raw === true) {
    await session.each(names, async (name) =>
      session.print((await engine.manifest(name, { signal: session.io.signal })).bytes),
    );
    return;
  }
  const found: JsonObject[] = [];
  const failures: unknown[] = [];
  for (const name of names) {
    try {
      found.push(await inspectOne(engine, name, options));
    } catch (error) {
      failures.push(isUnknown(error) ? new UnknownObject(name) : error);
    }
  }
  await session.print(formatObjects(found, options.format));
  for (const failure of failures) await session.report(failure);
}

async function inspectOne(engine: Engine, name: string, options: InspectOptions): Promise<JsonObject> {
  if (options.type === 'image') return engine.inspectImage(name);
  const object = options.type === 'container' ? await engine.inspectContainer(name) : await engine.inspect(name);
  if (!options.size || object['RootFS'] !== undefined) return object;
  const usage = (await engine.df()).containers.find((container) => container.id === object['Id']);
  return { ...object, SizeRw: usage?.upperBytes ?? 0 };
}

/** Objects as Docker prints them: one array, or a line for each with a template. */
export function formatObjects(objects: readonly JsonObject[], format: string | undefined): string {
  if (format === undefined) return `${JSON.stringify(objects, null, 4)}\n`;
  const template = parseTemplate(format === 'json' ? '{{json .}}' : format);
  return objects.map((object) => `${renderTemplate(template, object)}\n`).join('');
}

class UnknownObject extends Error {
  readonly code = 'UNKNOWN';

  constructor(name: string) {
    super(`No such object: ${name}`);
  }
}

function isUnknown(error: unknown): boolean {
  return isStratumError(error, 'IMAGE_UNKNOWN') || isStratumError(error, 'CONTAINER_UNKNOWN');
}

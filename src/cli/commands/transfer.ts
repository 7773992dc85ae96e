/** `load`, `save`, `import`, `export`: images and file systems in and out of the store. */

import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import type { LoadedImage, SaveFormat } from '../../engine/records.js';
import { parseChangeInstructions } from '../change-instructions.js';
import { withExamples } from '../help.js';
import { isDirectory, readFileStream, standardInput, writeFileStream, writeStandardOutput } from '../host-files.js';
import { collect, sourceDateEpoch } from '../options.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

interface LoadFlags {
  readonly input?: string;
  readonly quiet?: boolean;
  readonly platform?: string;
}

interface SaveFlags {
  readonly output?: string;
  readonly format?: SaveFormat | 'oci-dir';
}

interface ImportFlags {
  readonly message?: string;
  readonly change?: readonly string[];
  readonly platform?: string;
  readonly quiet?: boolean;
}

export const verbs: VerbModule['verbs'] = { load, save, import: importTar, export: exportTar };

function load(command: Command, session: Session): void {
  command
    .option('-i, --input <file>', 'archive, compressed or not, or layout directory (default: standard input)')
    .option('-q, --quiet', 'no progress')
    .option('--platform <os/arch>', 'which image of a multi-platform one (default: of this machine)')
    .action(async (flags: LoadFlags) => {
      const images = await loadImages(flags, session);
      for (const image of images) await session.print(loadedText(image));
    });
  withExamples(command, [
    ['stratum load -i debian.tar', "what 'docker save' or 'skopeo copy' wrote"],
    ['stratum load < debian.tar.gz', 'the same from standard input'],
    ['stratum load -i layout/', 'an OCI layout directory'],
  ]);
}

async function loadImages(flags: LoadFlags, session: Session): Promise<LoadedImage[]> {
  const hint = "Name a file: 'stratum load -i FILE'.";
  const input = flags.input === undefined || flags.input === '-' ? undefined : session.hostPath(flags.input);
  const isLayout = input !== undefined && (await isDirectory(input));
  const source = input === undefined ? standardInput(session, hint) : isLayout ? undefined : readFileStream(input);
  const engine = await session.engine(flags.platform);
  const display = session.progress({ quiet: flags.quiet });
  const options = { onProgress: display.onProgress, signal: session.io.signal };
  try {
    if (source === undefined) return await engine.loadLayout(input as string, options);
    return await engine.load(source, { ...options, file: flags.input ?? 'standard input' });
  } finally {
    display.finish();
  }
}

function loadedText(image: LoadedImage): string {
  if (image.references.length === 0) return `Loaded image ID: ${image.id}\n`;
  return image.references.map((reference) => `Loaded image: ${reference}\n`).join('');
}

function save(command: Command, session: Session): void {
  command
    .argument('<image...>', 'names or IDs')
    .option('-o, --output <file>', 'file, or directory for oci-dir (default: standard output)')
    .addOption(new Option('--format <format>', 'what to write').choices(['docker-archive', 'oci-archive', 'oci-dir']))
    .action(async (images: readonly string[], flags: SaveFlags) => {
      const engine = await session.engine();
      if (flags.format === 'oci-dir') {
        if (flags.output === undefined) throw new UsageError('a layout needs a directory', 'Add -o DIRECTORY.');
        return engine.saveLayout(images, session.hostPath(flags.output));
      }
      const bytes = engine.save(images, flags.format === undefined ? {} : { format: flags.format });
      return writeOut(bytes, flags.output, session);
    });
  withExamples(command, [
    ['stratum save -o app.tar app:1.0', "for 'docker load', 'podman load' and 'stratum load'"],
    ['stratum save --format oci-archive -o app.tar app:1.0', 'an OCI archive: manifests keep their digests'],
    ['stratum save --format oci-dir -o layout app:1.0 app:1.1', 'an OCI layout directory with two images'],
    ['stratum save app:1.0 | gzip > app.tar.gz', 'through a pipe'],
  ]);
}

function importTar(command: Command, session: Session): void {
  command
    .argument('<file>', "tar of a file system, compressed or not; '-' is standard input")
    .argument('[reference]', 'name of the new image')
    .option('-m, --message <message>', 'kept in the history')
    .option('-c, --change <instruction>', "set something in the config: 'CMD [\"sh\"]', 'ENV A=1', …", collect)
    .option('--platform <os/arch>', 'what the files are for')
    .option('-q, --quiet', 'no progress')
    .action(async (file: string, reference: string | undefined, flags: ImportFlags) => {
      const hint = "Name a file: 'stratum import FILE'.";
      const source = file === '-' ? standardInput(session, hint) : readFileStream(session.hostPath(file));
      const epoch = sourceDateEpoch(undefined, session);
      const display = session.progress({ quiet: flags.quiet });
      const engine = await session.engine();
      const { id } = await engine.import(source, {
        onProgress: display.onProgress,
        signal: session.io.signal,
        message: flags.message ?? `Imported from ${file === '-' ? '-' : basename(file)}`,
        ...(reference !== undefined && { ref: reference }),
        ...(flags.change && { changes: parseChangeInstructions(flags.change) }),
        ...(flags.platform !== undefined && { platform: flags.platform }),
        ...(epoch !== undefined && { sourceDateEpoch: epoch }),
      });
      display.finish();
      await session.print(`${id}\n`);
    });
  withExamples(command, [
    ['stratum import rootfs.tar.gz base:1', 'one layer, one image'],
    ['tar -C rootfs -c . | stratum import -c \'CMD ["sh"]\' - base:2', 'a directory, and what it runs'],
  ]);
}

function exportTar(command: Command, session: Session): void {
  command
    .argument('<container>', 'name or id')
    .option('-o, --output <file>', 'file (default: standard output)')
    .action(async (container: string, flags: { readonly output?: string }) => {
      await writeOut((await session.engine()).export(container), flags.output, session);
    });
  withExamples(command, [
    ['stratum export -o web.tar web', 'everything a process in it would see'],
    ['stratum export web | tar t', 'the names'],
  ]);
}

function writeOut(bytes: AsyncIterable<Uint8Array>, output: string | undefined, session: Session): Promise<void> {
  if (output !== undefined && output !== '-') return writeFileStream(session.hostPath(output), bytes);
  return writeStandardOutput(session, bytes, 'Add -o FILE, or send it through a pipe.');
}

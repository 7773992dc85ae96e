/** `cp`: between a container and the host, between containers, or as a tar stream. */

import { isAbsolute } from 'node:path';
import type { Command } from 'commander';
import type { Container } from '../../engine/container.js';
import type { Kernel } from '../../union/kernel.js';
import { ContainerSide } from '../copy/container-side.js';
import { HostSide } from '../copy/host-side.js';
import { findSubject, type Place, parsePlace, pathError, placeSubject } from '../copy/places.js';
import type { CopyTarget } from '../copy/side.js';
import { copyTree } from '../copy/tree-copy.js';
import { withExamples } from '../help.js';
import { standardInput, writeStandardOutput } from '../host-files.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

interface CopyFlags {
  readonly archive?: boolean;
  readonly followLink?: boolean;
  readonly quiet?: boolean;
}

type ContainerPlace = Extract<Place, { readonly kind: 'container' }>;
type FilePlace = Exclude<Place, { readonly kind: 'stream' }>;

export const verbs: VerbModule['verbs'] = { cp };

function cp(command: Command, session: Session): void {
  command
    .argument('<source>', "CONTAINER:PATH, a path of the host, or '-' for a tar on standard input")
    .argument('<target>', "CONTAINER:PATH, a path of the host, or '-' for a tar on standard output")
    .option('-a, --archive', 'keep owners (without it files in a container are root’s)')
    .option('-L, --follow-link', 'copy what a symlink names, not the symlink')
    .option('-q, --quiet', 'accepted for scripts: nothing is printed anyway')
    .action((source: string, target: string, flags: CopyFlags) => {
      return run(parsePlace(source), parsePlace(target), flags, session);
    });
  withExamples(command, [
    ['stratum cp index.html web:/srv/', 'into a directory of a container'],
    ['stratum cp web:/etc/passwd .', 'out of a container'],
    ['stratum cp site/. web:/srv', 'what is in a directory, not the directory'],
    ['stratum cp web:/etc - | tar t', 'as a tar stream'],
    ['tar c src | stratum cp - web:/usr', 'a tar stream unpacked in a container'],
  ]);
}

async function run(source: Place, target: Place, flags: CopyFlags, session: Session): Promise<void> {
  if (source.kind === 'container' && target.kind === 'stream') return copyOut(source, flags, session);
  if (source.kind === 'stream' && target.kind === 'container') return copyIn(target, flags, session);
  if (source.kind === 'stream' || target.kind === 'stream' || (source.kind === target.kind && source.kind === 'host')) {
    throw new UsageError('one side must be a container', 'Write it as CONTAINER:PATH.');
  }
  return copyFiles(source, target, flags, session);
}

async function copyFiles(source: FilePlace, target: FilePlace, flags: CopyFlags, session: Session): Promise<void> {
  const from = await openSide(source, session);
  const isSame = source.kind === 'container' && target.kind === 'container' && source.container === target.container;
  const to = isSame ? from : await openSide(target, session);
  const subject = await findSubject(from.side, from.path(source), flags.followLink === true);
  const place = await placeSubject(to.side, subject, to.path(target));
  if (isSame && `${place}/`.startsWith(`${subject.path}/`)) {
    throw pathError('EINVAL', `cannot copy into itself: ${subject.path}`);
  }
  const paths = { source: subject.path, target: place };
  await copyTree(from.side, to.side, paths, { keepOwner: flags.archive === true });
  await to.container?.save();
}

async function copyOut(source: ContainerPlace, flags: CopyFlags, session: Session): Promise<void> {
  const { tarOfSubject } = await import('../copy/tar-out.js');
  const kernel = kernelOf(await openContainer(source, session));
  const subject = await findSubject(new ContainerSide(kernel), source.path, flags.followLink === true);
  const bytes = tarOfSubject(kernel, subject);
  await writeStandardOutput(session, bytes, 'Send it through a pipe, or name a path instead of -.');
}

async function copyIn(target: ContainerPlace, flags: CopyFlags, session: Session): Promise<void> {
  const { unpackTar } = await import('../copy/tar-in.js');
  const source = standardInput(session, 'Send a tar through a pipe.');
  const container = await openContainer(target, session);
  const kernel = kernelOf(container);
  const directory = `${target.path.replace(/\/+$/, '')}/`;
  const subject = await findSubject(new ContainerSide(kernel), directory, true);
  const keepOwner = flags.archive === true;
  await unpackTar(kernel, source, { directory: subject.path, keepOwner, file: 'standard input' });
  await container.save();
}

interface OpenSide {
  readonly side: CopyTarget;
  readonly container?: Container;
  /** The path as the side reads it; a trailing slash stays. */
  path(place: FilePlace): string;
}

async function openSide(place: FilePlace, session: Session): Promise<OpenSide> {
  if (place.kind === 'host') {
    const { cwd } = session.io;
    return { side: new HostSide(), path: ({ path }) => (isAbsolute(path) ? path : `${cwd}/${path}`) };
  }
  const container = await openContainer(place, session);
  return { side: new ContainerSide(kernelOf(container)), container, path: ({ path }) => path };
}

async function openContainer(place: ContainerPlace, session: Session): Promise<Container> {
  return (await session.engine()).container(place.container);
}

function kernelOf(container: Container): Kernel {
  return container.union.kernel;
}

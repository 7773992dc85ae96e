/** The verbs: name, one line for the overview, and the module that knows the rest, loaded when the verb is called. */

import type { Command } from 'commander';
import type { Session } from './session.js';

/** Gives a command its arguments, options, examples and action. */
export type Configure = (command: Command, session: Session) => void;

export interface VerbModule {
  readonly verbs: Readonly<Record<string, Configure>>;
}

export interface Verb {
  readonly name: string;
  readonly summary: string;
  readonly group: string;
  readonly load: () => Promise<VerbModule>;
}

const transfer = (): Promise<VerbModule> => import('./commands/transfer.js');
const registry = (): Promise<VerbModule> => import('./commands/registry.js');
const login = (): Promise<VerbModule> => import('./commands/login.js');
const build = (): Promise<VerbModule> => import('./commands/build.js');
const images = (): Promise<VerbModule> => import('./commands/images.js');
const history = (): Promise<VerbModule> => import('./commands/history.js');
const analyze = (): Promise<VerbModule> => import('./commands/analyze.js');
const tree = (): Promise<VerbModule> => import('./commands/tree.js');
const explore = (): Promise<VerbModule> => import('./commands/explore.js');
const inspect = (): Promise<VerbModule> => import('./commands/inspect.js');
const layers = (): Promise<VerbModule> => import('./commands/layers.js');
const containers = (): Promise<VerbModule> => import('./commands/containers.js');
const running = (): Promise<VerbModule> => import('./commands/run.js');
const volume = (): Promise<VerbModule> => import('./commands/volume.js');
const commit = (): Promise<VerbModule> => import('./commands/commit.js');
const copy = (): Promise<VerbModule> => import('./commands/cp.js');
const files = (): Promise<VerbModule> => import('./commands/files.js');
const serve = (): Promise<VerbModule> => import('./commands/serve.js');
const lesson = (): Promise<VerbModule> => import('./commands/lesson.js');
const playground = (): Promise<VerbModule> => import('./commands/playground.js');
const system = (): Promise<VerbModule> => import('./commands/system.js');

const IN_AND_OUT = 'Images in and out:';
const REGISTRIES = 'Registries:';
const IMAGES = 'Images:';
const CONTAINERS = 'Containers:';
const STORE = 'The store:';
const LEARNING = 'Learning:';

export const VERBS: readonly Verb[] = [
  { name: 'build', summary: 'Build an image from a Dockerfile', group: IN_AND_OUT, load: build },
  { name: 'load', summary: 'Load images from an archive or layout', group: IN_AND_OUT, load: transfer },
  { name: 'save', summary: 'Save images to an archive or layout', group: IN_AND_OUT, load: transfer },
  { name: 'import', summary: 'Make an image of a tar of a file system', group: IN_AND_OUT, load: transfer },
  { name: 'export', summary: "Write a container's file system as a tar", group: IN_AND_OUT, load: transfer },
  { name: 'pull', summary: 'Fetch images from a registry', group: REGISTRIES, load: registry },
  { name: 'push', summary: 'Send an image to a registry', group: REGISTRIES, load: registry },
  { name: 'copy', summary: 'Copy an image between registries and layouts', group: REGISTRIES, load: registry },
  { name: 'search', summary: 'List the tags of a repository', group: REGISTRIES, load: registry },
  { name: 'manifest', summary: 'Show what a registry has under a name', group: REGISTRIES, load: registry },
  { name: 'login', summary: 'Keep credentials for a registry', group: REGISTRIES, load: login },
  { name: 'logout', summary: 'Forget credentials for a registry', group: REGISTRIES, load: login },
  { name: 'images', summary: 'List images', group: IMAGES, load: images },
  { name: 'history', summary: 'Show how an image was made', group: IMAGES, load: history },
  { name: 'layers', summary: 'Show the layers of an image and who shares them', group: IMAGES, load: layers },
  { name: 'analyze', summary: 'Show what the layers of images add and waste', group: IMAGES, load: analyze },
  { name: 'tree', summary: 'Draw what images stand on, share, and where they part', group: IMAGES, load: tree },
  { name: 'explore', summary: 'Look into the layers of an image, full screen', group: IMAGES, load: explore },
  { name: 'inspect', summary: 'Show everything known of an image or container', group: IMAGES, load: inspect },
  { name: 'tag', summary: 'Give an image another name', group: IMAGES, load: images },
  { name: 'rmi', summary: 'Remove images', group: IMAGES, load: images },
  { name: 'run', summary: 'Run a command in a new container', group: CONTAINERS, load: running },
  { name: 'create', summary: 'Create a container from an image', group: CONTAINERS, load: containers },
  { name: 'start', summary: 'Run containers again', group: CONTAINERS, load: running },
  { name: 'exec', summary: 'Run a command in a container that runs', group: CONTAINERS, load: running },
  { name: 'logs', summary: 'Show what a container printed', group: CONTAINERS, load: running },
  { name: 'wait', summary: 'Wait for containers to end', group: CONTAINERS, load: running },
  { name: 'stop', summary: 'Ask containers to end', group: CONTAINERS, load: running },
  { name: 'kill', summary: 'Send containers a signal', group: CONTAINERS, load: running },
  { name: 'ps', summary: 'List containers', group: CONTAINERS, load: containers },
  { name: 'rm', summary: 'Remove containers', group: CONTAINERS, load: containers },
  { name: 'ls', summary: 'List files of a container or image', group: CONTAINERS, load: files },
  { name: 'cat', summary: 'Print files of a container or image', group: CONTAINERS, load: files },
  { name: 'cp', summary: 'Copy between a container and the host', group: CONTAINERS, load: copy },
  {
    name: 'diff',
    summary: 'Show what changed in a container, or between two images',
    group: CONTAINERS,
    load: containers,
  },
  { name: 'commit', summary: "Make an image of a container's changes", group: CONTAINERS, load: commit },
  { name: 'volume', summary: 'Directories that outlive containers', group: STORE, load: volume },
  { name: 'cache', summary: 'What RUN --mount=type=cache keeps', group: STORE, load: volume },
  { name: 'serve', summary: 'Be a registry', group: REGISTRIES, load: serve },
  { name: 'df', summary: 'Show what is stored, shared and reclaimable', group: STORE, load: system },
  { name: 'prune', summary: 'Remove what is not used', group: STORE, load: system },
  { name: 'fsck', summary: 'Check that everything stored is what its name says', group: STORE, load: system },
  { name: 'system', summary: 'df, prune and fsck under the name Docker gives them', group: STORE, load: system },
  { name: 'lesson', summary: 'Learn about layers at a prompt, step by step', group: LEARNING, load: lesson },
  { name: 'playground', summary: 'Open the page to learn with', group: LEARNING, load: playground },
  { name: 'version', summary: 'Show the version', group: STORE, load: system },
];

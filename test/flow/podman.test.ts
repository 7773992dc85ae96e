import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect } from 'vitest';
import { type Change, type Container, Engine } from '../../src/index.js';
import { PODMAN_NEEDS, Podman } from '../kit/podman.js';
import { REAL_IMAGE_NEEDS, realImage } from '../kit/real-image.js';
import { isMet, requires } from '../kit/requires.js';

const NEEDS = [...REAL_IMAGE_NEEDS, ...PODMAN_NEEDS];
const withPodman = requires(...NEEDS);
const MINUTE_MS = 60_000;
const IMAGE = 'localhost/real:1';
const scratch = mkdtempSync(join(tmpdir(), 'stratum-podman-'));

/** One change, told to a shell and to our file system. */
interface Step {
  readonly shell: string;
  readonly ours: (container: Container) => void;
}

const CHANGES: readonly Step[] = [
  {
    shell: 'echo changed >> /etc/debian_version',
    ours: ({ fs }) => fs.appendFileSync('/etc/debian_version', 'changed\n'),
  },
  { shell: 'mkdir -p /srv/a/b', ours: ({ fs }) => fs.mkdirSync('/srv/a/b', { recursive: true }) },
  { shell: 'echo new > /srv/a/b/new', ours: ({ fs }) => fs.writeFileSync('/srv/a/b/new', 'new\n') },
  { shell: 'ln /srv/a/b/new /srv/linked', ours: ({ fs }) => fs.linkSync('/srv/a/b/new', '/srv/linked') },
  { shell: 'ln -s ../nowhere /srv/dangling', ours: ({ fs }) => fs.symlinkSync('../nowhere', '/srv/dangling') },
  { shell: 'rm -r /usr/share/doc/libc6', ours: ({ fs }) => fs.rmSync('/usr/share/doc/libc6', { recursive: true }) },
  { shell: 'rm /etc/issue', ours: ({ fs }) => fs.unlinkSync('/etc/issue') },
  { shell: 'chmod 600 /etc/issue.net', ours: ({ fs }) => fs.chmodSync('/etc/issue.net', 0o600) },
  { shell: 'mv /etc/protocols /etc/moved', ours: ({ fs }) => fs.renameSync('/etc/protocols', '/etc/moved') },
  { shell: 'chown 5:6 /etc/services', ours: ({ fs }) => fs.chownSync('/etc/services', 5, 6) },
  { shell: 'chmod 700 /usr/share/base-files', ours: ({ fs }) => fs.chmodSync('/usr/share/base-files', 0o700) },
  {
    shell: 'touch /usr/share/zoneinfo/Africa/Cairo',
    ours: ({ fs }) => fs.utimesSync('/usr/share/zoneinfo/Africa/Cairo', 1, 1),
  },
];

/** What a container runtime puts into every container, whatever runs in it. */
const RUNTIME_PATHS = /^\/(etc\/mtab|etc\/hosts|etc\/hostname|etc\/resolv\.conf|run(\/.*)?|dev|proc|sys)$/;

describe('beside podman', () => {
  let podman: Podman;
  let engine: Engine;

  beforeAll(async () => {
    if (!NEEDS.every(isMet)) return;
    const image = await realImage();
    podman = new Podman(scratch);
    await podman.load(image.dockerArchive);
    engine = await Engine.open();
    await engine.load(readFileSync(image.dockerArchive));
  }, MINUTE_MS);

  afterAll(async () => {
    if (NEEDS.every(isMet)) await podman.call('rm', '--all', '--force');
    rmSync(scratch, { recursive: true, force: true });
  }, MINUTE_MS);

  withPodman(
    'diff of the same changes prints the same lines, and every directory above one as Docker does',
    async () => {
      await podman.run('changed', IMAGE, ['set -e', ...CHANGES.map(({ shell }) => shell)].join('\n'));
      const container = await engine.create(IMAGE, { name: 'changed' });
      for (const { ours } of CHANGES) ours(container);
      const lines = (await engine.diff('changed')).map(line);
      const theirs = linesOf(await podman.call('diff', 'changed'));
      expect(lines.filter((each) => theirs.includes(each) || !isParent(each, lines)).sort()).toEqual(theirs);
    },
    MINUTE_MS,
  );

  withPodman(
    'history of an image has the same steps',
    async () => {
      const theirs = JSON.parse(await podman.call('history', '--format', 'json', IMAGE)) as { CreatedBy?: string }[];
      const ours = await engine.history(IMAGE);
      expect(ours.map(({ createdBy, comment }) => ({ createdBy, comment }))).toEqual(
        theirs.map((step) => ({
          createdBy: step.CreatedBy ?? '',
          comment: (step as { comment?: string }).comment ?? '',
        })),
      );
    },
    MINUTE_MS,
  );
});

function line({ kind, path }: Change): string {
  return `${{ add: 'A', modify: 'C', delete: 'D' }[kind]} ${path}`;
}

/**
 * Docker lists every directory above a change; podman leaves out one whose size, mode and time are those of the layer
 * it is in, which depends on how many layers hold it.
 */
function isParent(each: string, lines: readonly string[]): boolean {
  return each.startsWith('C ') && lines.some((other) => other.slice(2).startsWith(`${each.slice(2)}/`));
}

function linesOf(text: string): string[] {
  const lines = text.split('\n').filter((each) => each !== '');
  return lines.filter((each) => !RUNTIME_PATHS.test(each.slice(2))).sort();
}

/** Fetches Node's own tests from Debian's source package, with an apt configuration of our own: nothing of the system changes. */

import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Why the tests are not to be had here. */
export class SourceMissing extends Error {}

/** The Debian release whose source package has the tests of a major version of Node. */
const RELEASES: Readonly<Record<string, string>> = { '18': 'bookworm', '20': 'trixie', '22': 'forky', '24': 'sid' };
const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';
const MIRROR = 'http://deb.debian.org/debian';
/** Of the whole source only these are unpacked. */
const PARTS = ['parallel', 'sequential', 'common', 'fixtures'];

/** The folder `test` of the source of the Node that runs this; fetched once, and kept in `cache`. */
export function nodeTests(cache: string): string {
  const major = process.versions.node.split('.')[0] ?? '';
  const kept = join(cache, `node-${major}`);
  if (existsSync(join(kept, 'test'))) return join(kept, 'test');
  const release = RELEASES[major];
  if (release === undefined) throw new SourceMissing(`no Debian release is known to have Node ${major}`);
  for (const command of ['apt-get', 'tar', 'xz']) checkCommand(command);
  if (!existsSync(KEYRING)) throw new SourceMissing(`Debian's keyring is not at ${KEYRING}`);
  const fresh = `${kept}.part`;
  rmSync(fresh, { recursive: true, force: true });
  mkdirSync(fresh, { recursive: true });
  unpack(download(fresh, release), fresh);
  // Without it the tests would be modules, as the files of this package are.
  writeFileSync(join(fresh, 'package.json'), '{}\n');
  renameSync(fresh, kept);
  return join(kept, 'test');
}

function checkCommand(command: string): void {
  try {
    execFileSync(command, ['--version'], { stdio: 'ignore' });
  } catch {
    throw new SourceMissing(`${command} is not installed`);
  }
}

/** Apt checks the signature of the list and the hash of the archive. */
function download(folder: string, release: string): string {
  const list = join(folder, 'sources.list');
  for (const each of ['lists/partial', 'cache/archives/partial']) mkdirSync(join(folder, each), { recursive: true });
  writeFileSync(list, `deb-src [signed-by=${KEYRING}] ${MIRROR} ${release} main\n`);
  const settings = [
    `Dir::Etc::sourcelist=${list}`,
    'Dir::Etc::sourceparts=/dev/null',
    `Dir::State::lists=${join(folder, 'lists')}`,
    `Dir::Cache=${join(folder, 'cache')}`,
    'APT::Sandbox::User=root',
  ].flatMap((setting) => ['-o', setting]);
  const apt = (...args: string[]): void => {
    execFileSync('apt-get', [...settings, '-qq', ...args], { cwd: folder, stdio: 'pipe' });
  };
  try {
    apt('update');
    apt('source', '--download-only', '--tar-only', 'nodejs');
  } catch (error) {
    // A mirror may lack the packaging beside the archive; what counts is whether the archive came.
    if (archiveIn(folder) === undefined) throw new SourceMissing(`apt-get failed: ${firstLine(error)}`);
  }
  const archive = archiveIn(folder);
  if (archive === undefined) throw new SourceMissing('apt-get fetched no archive of nodejs');
  return archive;
}

function archiveIn(folder: string): string | undefined {
  const name = readdirSync(folder).find((each) => /^nodejs_.*\.orig\.tar\.xz$/.test(each));
  return name === undefined ? undefined : join(folder, name);
}

function unpack(archive: string, folder: string): void {
  const patterns = PARTS.map((part) => `*/test/${part}/*`);
  execFileSync('tar', ['-xJf', archive, '-C', folder, '--strip-components=1', '--wildcards', ...patterns]);
  for (const spent of ['lists', 'cache', 'sources.list']) rmSync(join(folder, spent), { recursive: true, force: true });
  for (const name of readdirSync(folder)) if (name.startsWith('nodejs_')) rmSync(join(folder, name));
}

function firstLine(error: unknown): string {
  const said = (error as { stderr?: Buffer }).stderr?.toString() || String(error);
  return said.trim().split('\n').at(-1) ?? '';
}

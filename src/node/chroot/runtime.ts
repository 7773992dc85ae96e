/** Real processes in namespaces of their own, over an overlay of the layers: Linux only. */

import { existsSync, lstatSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { StratumError } from '../../base/error.js';
import { makePath } from '../../build/make-path.js';
import { realPath } from '../../build/real-path.js';
import type { ExecRequest, RunRequest, RunResult, Runtime } from '../../build/runtime.js';
import { resolveUser } from '../../build/user.js';
import { layerChanges } from '../../fs/packing.js';
import { writeChanges } from '../../fs/write-changes.js';
import type { Change } from '../../layer/change.js';
import { type Attributes, S_IFDIR, S_IFREG } from '../../tree/node.js';
import type { Kernel } from '../../union/kernel.js';
import { runAttached } from './attached.js';
import { InsideProcess } from './inside-process.js';
import { layerDirectories } from './layer-directories.js';
import { type HostMount, hostMount, readDirectory } from './mounted-sources.js';
import { makePointInside } from './nested-mounts.js';
import { fromOverlay, toOverlay } from './overlay-tar.js';
import { placeFiles } from './place-files.js';
import { exitOf, start } from './programs.js';
import { SANDBOX_SCRIPT, WAITING_SCRIPT } from './sandbox-script.js';

export interface ChrootOptions {
  /** Where layers are unpacked, once each, and runs happen; on a file system that overlayfs can write to. */
  readonly directory: string;
}

/** What Docker leaves a container of root's powers. */
const CAPABILITIES: string =
  'chown,dac_override,fowner,fsetid,kill,setgid,setuid,setpcap,net_bind_service,net_raw,sys_chroot,mknod,audit_write,setfcap'
    .split(',')
    .map((name) => `+${name}`)
    .join(',');
const EMPTY_FILE = { size: 0, read: () => new Uint8Array(0) };
const RESOLV_CONF = '/etc/resolv.conf';
const KERNEL_MOUNTS = ['/proc', '/sys', '/dev'];

/** Runs commands as the machine's processes. As somebody else than root it needs /etc/subuid (newuidmap). */
export function chrootRuntime(options: ChrootOptions): Runtime {
  if (process.platform !== 'linux') {
    throw new StratumError('UNSUPPORTED', 'the chroot runtime needs Linux; the shell runtime runs everywhere');
  }
  return { name: 'chroot', run: (request) => new Sandbox(options.directory, request).run() };
}

class Sandbox {
  readonly #request: RunRequest;
  readonly #layers: string;
  readonly #runs: string;
  readonly #run: string;
  /** The directory of the run as seen from that of the layers. */
  readonly #fromLayers: string;
  readonly #kernel: Kernel;
  readonly #isRoot: boolean = process.getuid?.() === 0;

  constructor(directory: string, request: RunRequest) {
    this.#request = request;
    this.#kernel = request.union.kernel;
    const name = `${process.pid}-${Math.random().toString(36).slice(2)}`;
    this.#layers = join(directory, 'layers');
    this.#runs = join(directory, 'runs');
    this.#run = join(this.#runs, name);
    this.#fromLayers = `../runs/${name}`;
  }

  async run(): Promise<RunResult> {
    mkdirSync(this.#layers, { recursive: true });
    await this.#removeDead();
    for (const name of ['upper', 'work', 'root', 'skeleton', 'etc', 'dev'])
      mkdirSync(join(this.#run, name), { recursive: true });
    layOutDevices(join(this.#run, 'dev'));
    try {
      makePath(this.#kernel, this.#request.cwd, 0o755);
      const mounts = await this.#mounts();
      const lower = await this.#lower(mounts);
      const before = this.#touched();
      const exitCode = await this.#execute(lower, mounts);
      if (this.#touched() !== before || readdirSync(join(this.#run, 'upper')).length > 0) await this.#readBack();
      for (const { keep } of mounts) await keep?.();
      return { exitCode };
    } finally {
      await this.#remove(this.#run);
    }
  }

  /** When the root itself was last changed in any way. What is changed below it leaves something there. */
  #touched(): bigint {
    return lstatSync(join(this.#run, 'upper'), { bigint: true }).ctimeNs;
  }

  async #readBack(): Promise<void> {
    const { changes } = await readDirectory(join(this.#run, 'upper'), this.#prefix);
    writeChanges(this.#kernel, fromOverlay(changes));
  }

  /** In a user namespace the files belong to ids that only it may touch. */
  get #prefix(): readonly string[] {
    return this.#isRoot ? [] : ['unshare', '--user', '--map-root-user', '--map-auto'];
  }

  async #mounts(): Promise<HostMount[]> {
    const place = { directory: this.#run, prefix: this.#prefix };
    const mounts = this.#files();
    for (const point of this.#request.mounts) makePointInside(point, this.#request.mounts);
    for (const [index, point] of this.#request.mounts.entries()) {
      mounts.push(await hostMount(point, realPath(this.#kernel, point.target), index, place));
    }
    return mounts;
  }

  /** What BuildKit shows of the machine, not to be written to. */
  #files(): HostMount[] {
    const { hostname, network } = this.#request;
    const hosts = join(this.#run, 'etc', 'hosts');
    writeFileSync(hosts, `127.0.0.1\tlocalhost ${hostname}\n::1\tlocalhost ip6-localhost ip6-loopback\n`);
    const hasNames = network !== 'none' && existsSync(RESOLV_CONF);
    const shown = { '/etc/hosts': hosts, ...(hasNames ? { [RESOLV_CONF]: RESOLV_CONF } : {}) };
    return Object.entries(shown).map(([path, source]): HostMount => {
      return { kind: 'robind', source, target: realPath(this.#kernel, path), isDirectory: false, keep: undefined };
    });
  }

  /**
   * The layers, top first, below a directory with the mount points that are missing: made there they are no change of
   * the container's.
   */
  async #lower(mounts: readonly HostMount[]): Promise<string> {
    const { union, layers } = this.#request;
    const namespace = this.#isRoot ? 'trusted' : 'user';
    const options = { directory: this.#layers, namespace, prefix: this.#prefix } as const;
    const names = await layerDirectories(layers, options);
    const attributesAt = (path: string): Attributes | undefined => this.#kernel.find(path, false);
    const skeleton = toOverlay(this.#missing(mounts), attributesAt, namespace);
    await placeFiles(join(this.#run, 'skeleton'), skeleton, this.#prefix);
    // The upper directory is what the root looks like, changed or not.
    const root: Change = { kind: 'directory', path: '/', attributes: this.#kernel.stat('/') };
    const changes = [root, ...[...layerChanges(union.view.changes())].filter(({ path }) => path !== '/')];
    await placeFiles(join(this.#run, 'upper'), toOverlay(changes, attributesAt, namespace), this.#prefix);
    return [`${this.#fromLayers}/skeleton`, ...[...names].reverse()].join(':');
  }

  #missing(mounts: readonly HostMount[]): Change[] {
    const points = [
      ...KERNEL_MOUNTS.map((target) => ({ target, isDirectory: true })),
      ...mounts.map(({ target, isDirectory }) => ({ target, isDirectory })),
    ];
    const made = new Map<string, Change>();
    const attributes = { uid: 0, gid: 0, mtimeSec: 0, mtimeNsec: 0, xattrs: undefined };
    for (const { target, isDirectory } of points) {
      const names = target.split('/').filter((name) => name !== '');
      for (let length = 1; length <= names.length; length++) {
        const path = `/${names.slice(0, length).join('/')}`;
        if (this.#kernel.find(path, false) !== undefined || made.has(path)) continue;
        const isFile = length === names.length && !isDirectory;
        made.set(
          path,
          isFile
            ? {
                kind: 'file',
                path,
                attributes: { ...attributes, mode: S_IFREG | 0o644 },
                bytes: EMPTY_FILE,
                offset: 0,
                size: 0,
              }
            : { kind: 'directory', path, attributes: { ...attributes, mode: S_IFDIR | 0o755 } },
        );
      }
    }
    return [...made.values()];
  }

  #execute(lower: string, mounts: readonly HostMount[]): Promise<number> {
    return runAttached(this.#command(lower, mounts), this.#request, (child) => {
      const inside = new InsideProcess(child, join(this.#run, 'root'));
      this.#request.onStart?.({
        kill: (signal) => void inside.kill(signal).catch(() => {}),
        exec: async (request) => ({ exitCode: await this.#beside(await inside.pid(), request) }),
      });
    });
  }

  /** Another command in the namespaces of the first. */
  #beside(pid: number, request: ExecRequest): Promise<number> {
    const own = this.#isRoot ? [] : ['--user', '--preserve-credentials'];
    // The network of the machine is not ours to enter, unless we are root.
    const spaces = ['--mount', '--pid', '--uts', '--ipc', ...(this.#request.network === 'none' ? ['--net'] : [])];
    return runAttached(['nsenter', '-t', String(pid), ...own, ...spaces, '--', ...this.#enter(request)], request);
  }

  #command(lower: string, mounts: readonly HostMount[]): string[] {
    const { hostname, network, readOnly = false, security = 'sandbox' } = this.#request;
    const overlay = this.#isRoot ? ',index=off,metacopy=off,redirect_dir=off' : ',userxattr';
    return [
      ...this.#prefix,
      'unshare',
      '--mount',
      '--pid',
      '--uts',
      '--ipc',
      ...(network === 'none' ? ['--net'] : []),
      'sh',
      '-c',
      WAITING_SCRIPT,
      'sh',
      SANDBOX_SCRIPT,
      'sh',
      this.#layers,
      lower,
      this.#fromLayers,
      overlay,
      hostname,
      network,
      readOnly ? 'ro' : 'rw',
      mounts.some(({ target }) => target === '/dev/shm') ? 'given' : 'own',
      security,
      ...mounts.flatMap(({ kind, source, target }) => [kind, source, target]),
      '--',
      ...this.#enter(this.#request),
    ];
  }

  /** Takes on the user and the powers of the command, and the root. */
  #enter({ argv, env, cwd, user: wanted }: ExecRequest): string[] {
    const isInsecure = this.#request.security === 'insecure';
    const user = resolveUser(this.#kernel, wanted);
    const variables = { HOME: user.home, ...env };
    const root = join(this.#run, 'root');
    const groups = [user.gid, ...user.groups.filter((gid) => gid !== user.gid)].join(',');
    return [
      'setpriv',
      `--regid=${user.gid}`,
      `--groups=${groups}`,
      ...(isInsecure ? [] : [`--bounding-set=-all,${CAPABILITIES}`, '--inh-caps=-all']),
      'env',
      '-i',
      ...Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      '/usr/bin/unshare',
      '-R',
      root,
      '-w',
      cwd,
      '-S',
      String(user.uid),
      '--',
      ...argv,
    ];
  }

  /** What a process left that was killed: its files, and secrets among them. */
  async #removeDead(): Promise<void> {
    const names = existsSync(this.#runs) ? await readdir(this.#runs) : [];
    for (const name of names) if (!isAlive(Number.parseInt(name, 10))) await this.#remove(join(this.#runs, name));
  }

  async #remove(directory: string): Promise<void> {
    if (this.#isRoot) await rm(directory, { recursive: true, force: true });
    else await exitOf(start([...this.#prefix, 'rm', '-rf', '--', directory]));
  }
}

/** What is in /dev besides devices (proc(5), runtime-spec, "Default Filesystems"). */
const DEVICE_LINKS: Readonly<Record<string, string>> = {
  fd: '/proc/self/fd',
  stdin: '/proc/self/fd/0',
  stdout: '/proc/self/fd/1',
  stderr: '/proc/self/fd/2',
  ptmx: 'pts/ptmx',
};

function layOutDevices(directory: string): void {
  for (const name of ['pts', 'shm', 'mqueue']) mkdirSync(join(directory, name));
  for (const [name, target] of Object.entries(DEVICE_LINKS)) symlinkSync(target, join(directory, name));
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

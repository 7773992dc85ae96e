/** RUN as a step: its keys, its mounts, and the layer of what the command changed. */

import { utf8 } from '../base/bytes.js';
import { forEachSettled } from '../base/each.js';
import { StratumError } from '../base/error.js';
import { UnionFs } from '../fs/union-fs.js';
import type { Layer } from '../layer/layer.js';
import { emptyTree } from '../tree/edit.js';
import type { TreeNode } from '../tree/node.js';
import { nodeAt, rootPath } from '../tree/root-path.js';
import { tmpfs, tree, volume } from '../union/mount-sources.js';
import { BuildError } from './build-error.js';
import { CACHE_MODE, type CacheMount } from './cache-mount.js';
import { type SourceTree, sourceTree } from './context.js';
import { OutputTail } from './output-tail.js';
import { PIPES } from './run-text.js';
import type { RunMountPoint, RunResult } from './runtime.js';
import { selectBelow } from './selection.js';
import type { Origin, PlannedMount, RunStep } from './step.js';
import { fileValue, type KeyPart } from './step-key.js';
import type { StageState, StepHost, StepWork } from './step-work.js';
import type { HeldCache } from './store.js';
import { subtree } from './subtree.js';
import { canonicalPath } from './workdir.js';

const HOSTNAME = 'buildkitsandbox';
const SCRIPT_MODE = 0o755;
const SOCKET_MODE = 0o600;
const AGENT_VARIABLE = 'SSH_AUTH_SOCK';
/** As `--allow` names it. */
const INSECURE = 'security.insecure';

/** What is let go when the command has ended. */
type Held = Pick<HeldCache, 'release'>;

interface Bound {
  readonly node: TreeNode;
  /** Without symlinks. */
  readonly path: string;
}

interface HeldMounts {
  readonly points: readonly RunMountPoint[];
  readonly env: Readonly<Record<string, string>>;
}

export class RunWork implements StepWork {
  readonly #solver: StepHost;
  readonly #step: RunStep;
  readonly #state: StageState;

  constructor(solver: StepHost, step: RunStep, state: StageState) {
    this.#solver = solver;
    this.#step = step;
    this.#state = state;
  }

  async *keys(): AsyncIterable<readonly KeyPart[]> {
    const { argv, env, cwd, user, network, security, script, mounts } = this.#step;
    const parts: KeyPart[] = [
      { name: 'parent', value: this.#solver.chainOf(this.#state) },
      { name: 'argv', value: JSON.stringify(argv) },
      ...Object.keys(env)
        .sort()
        .map((name) => ({ name: `env ${name}`, value: env[name] as string })),
      { name: 'cwd', value: cwd },
      { name: 'user', value: user },
      { name: 'network', value: network },
      { name: 'security', value: security },
    ];
    if (script !== undefined) parts.push({ name: 'script', value: script.content });
    for (const mount of mounts) parts.push(...(await this.#mountParts(mount)));
    yield parts;
  }

  /** What is written to a cache is kept as a whole: those that use caches go one at a time. */
  run(): Promise<Layer> {
    const usesCache = this.#step.mounts.some(({ type }) => type === 'cache');
    return usesCache ? this.#solver.inTurn(() => this.#run()) : this.#run();
  }

  async #run(): Promise<Layer> {
    const { store, runtime, file, allow } = this.#solver.options;
    const { layers } = this.#state;
    const step = this.#step;
    if (step.security === 'insecure' && !allow.includes(INSECURE)) {
      throw new StratumError('DENIED', `${INSECURE} is not allowed`);
    }
    const union = UnionFs.overTree(await store.tree(layers, { content: true }));
    const stacked = await store.layers(layers, { content: true });
    const held: Held[] = [];
    const tail = new OutputTail();
    const output = (stream: 'stdout' | 'stderr') => (chunk: Uint8Array) => {
      tail.add(chunk);
      this.#solver.options.progress({ kind: 'output', step, stream, chunk });
    };
    const run = async (): Promise<RunResult> => {
      const { points, env } = await this.#holdMounts(held);
      return runtime.run({
        union,
        layers: stacked,
        argv: step.argv,
        env: { ...step.proxies, ...step.env, ...env },
        cwd: step.cwd,
        user: step.user,
        mounts: points,
        network: step.network,
        hostname: HOSTNAME,
        security: step.security,
        stdout: output('stdout'),
        stderr: output('stderr'),
        signal: this.#solver.signal,
      });
    };
    // What was written to a cache is kept, however the command ended.
    const { exitCode } = await run().finally(() => forEachSettled(held, (each) => each.release()));
    if (exitCode === 0) return union.toLayer(this.#solver.packing);
    if (this.#solver.signal.aborted) throw new StratumError('ABORTED', 'the build was stopped');
    const command = JSON.stringify(step.argv.join(' '));
    throw new BuildError(`process ${command} did not complete successfully: exit code: ${exitCode}`, {
      file,
      range: step.range,
      title: step.title,
      exitCode,
      output: tail.text(),
    });
  }

  /** The definition of a mount, and the content of one that is bound; never what a secret or a cache holds. */
  async #mountParts(mount: PlannedMount): Promise<KeyPart[]> {
    const { type, target, source, id, env, readOnly, required, sharing, size, mode, uid, gid } = mount;
    const definition = { type, target, source, id, env, readOnly, required, sharing, size, mode, uid, gid };
    const name = `mount ${target ?? id}`;
    const parts: KeyPart[] = [{ name, value: JSON.stringify(definition) }];
    const { origin } = mount;
    if (origin?.kind === 'stage') {
      const state = await this.#solver.state(origin.stage);
      parts.push({ name: `${name} from`, value: this.#solver.chainOf(state) });
    } else if (origin !== undefined) parts.push(...(await this.#boundParts(name, origin, source)));
    return parts;
  }

  async #boundParts(name: string, origin: Origin, path: string): Promise<KeyPart[]> {
    const files = await this.#files(origin);
    const node = this.#bound(files, path);
    return selectBelow(node.node, { include: undefined, exclude: undefined }).map(({ relative, node: each }) => ({
      name: `${name} file ${relative || '.'}`,
      value: fileValue(each, files, { withMode: true }),
    }));
  }

  #bound(files: SourceTree, path: string): Bound {
    const real = rootPath(files.tree.root, canonicalPath('/', path), { followLast: true });
    const node = nodeAt(files.tree.root, real);
    if (node !== undefined) return { node, path: real };
    const shown = JSON.stringify(canonicalPath('/', path));
    throw new StratumError('BUILD_FAILED', `failed to compute cache key: ${shown}: not found`);
  }

  async #files(origin: Origin): Promise<SourceTree> {
    if (origin.kind === 'context') return this.#solver.sources.of(origin.context, origin.name);
    return sourceTree(await this.#solver.treeOf(origin.stage));
  }

  /** What it holds is to be released, even when it fails. */
  async #holdMounts(held: Held[]): Promise<HeldMounts> {
    const points: RunMountPoint[] = [];
    const env: Record<string, string> = {};
    const { script } = this.#step;
    if (script !== undefined) {
      const source = fileSource(`/${script.name}`, utf8(script.content), { mode: SCRIPT_MODE, uid: 0, gid: 0 });
      points.push({ target: `${PIPES}/${script.name}`, source, readOnly: true });
    }
    for (const mount of this.#step.mounts) {
      if (mount.type === 'secret') this.#secret(mount, { points, env });
      else if (mount.type === 'ssh') await this.#ssh(mount, { points, env, held });
      else points.push(await this.#point(mount, held));
    }
    return { points, env };
  }

  async #point(mount: PlannedMount, held: Held[]): Promise<RunMountPoint> {
    const { target, readOnly } = mount;
    if (target === undefined) throw new StratumError('DOCKERFILE_INVALID', 'a mount needs a target');
    if (mount.type === 'tmpfs') {
      const source = tmpfs(mount.size === undefined || mount.size === 0 ? {} : { size: mount.size });
      return { target, source, readOnly: false };
    }
    if (mount.type === 'cache') return { target, source: await this.#cache(mount, held), readOnly };
    if (mount.origin === undefined) return { target, source: tree(emptyTree()), readOnly };
    const files = await this.#files(mount.origin);
    return { target, source: tree(files.tree, { subpath: this.#bound(files, mount.source).path }), readOnly };
  }

  /** A cache that is new begins with what `from` holds, or as an empty directory of the mode and owner asked for. */
  async #cache(mount: PlannedMount, held: Held[]): Promise<RunMountPoint['source']> {
    const { mode = CACHE_MODE, uid, gid } = mount;
    const from = mount.origin?.kind === 'stage' ? await this.#solver.state(mount.origin.stage) : undefined;
    const cache: CacheMount = {
      id: mount.id,
      from: from && this.#solver.chainOf(from),
      source: mount.source === '' ? '/' : mount.source,
      mode,
      uid,
      gid,
      step: mount.sharing === 'private' ? this.#step.range.start : undefined,
    };
    const start = mount.origin === undefined ? undefined : await this.#files(mount.origin);
    const content = await this.#solver.options.store.cache(cache, () => {
      const files = UnionFs.overTree(start === undefined ? emptyTree() : subtree(this.#bound(start, mount.source)));
      files.kernel.chmod('/', mode);
      files.kernel.chown('/', uid, gid);
      return files;
    });
    held.push(content);
    return content.source;
  }

  #secret(mount: PlannedMount, held: { points: RunMountPoint[]; env: Record<string, string> }): void {
    const value = this.#solver.options.secrets[mount.id];
    if (value === undefined) {
      if (mount.required) throw new StratumError('BUILD_FAILED', `secret ${mount.id}: not found`);
      return;
    }
    if (mount.env !== undefined) held.env[mount.env] = new TextDecoder().decode(value);
    if (mount.target === undefined) return;
    const { mode = 0, uid, gid } = mount;
    held.points.push({
      target: mount.target,
      source: fileSource('/secret', value, { mode, uid, gid }),
      readOnly: true,
    });
  }

  /** A socket of the agent at the target, which the command is told of unless it knows one. */
  async #ssh(
    { required, id, target, mode = SOCKET_MODE, uid, gid }: PlannedMount,
    { points, env, held }: { points: RunMountPoint[]; env: Record<string, string>; held: Held[] },
  ): Promise<void> {
    const agent = this.#solver.options.ssh[id];
    if (agent === undefined) {
      if (!required) return;
      throw new StratumError('BUILD_FAILED', `no SSH key ${JSON.stringify(id)} forwarded from the client`);
    }
    if (target === undefined) return;
    const socket = await agent.open({ mode, uid, gid });
    held.push(socket);
    points.push({ target, source: socket.source, readOnly: false });
    if (!(AGENT_VARIABLE in this.#step.env)) env[AGENT_VARIABLE] ??= target;
  }
}

/** One file in memory, to be mounted over a path. */
function fileSource(
  path: string,
  bytes: Uint8Array,
  { mode, uid, gid }: { readonly mode: number; readonly uid: number; readonly gid: number },
): RunMountPoint['source'] {
  const files = UnionFs.over([]);
  files.kernel.writeFile(path, O_CREAT_WRITE, mode, bytes);
  files.kernel.chmod(path, mode);
  files.kernel.chown(path, uid, gid);
  return volume(files, { subpath: path });
}

/** O_WRONLY | O_CREAT. */
const O_CREAT_WRITE = 0o101;

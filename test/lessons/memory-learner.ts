/** Somebody who learns where there are no processes and no disk, as in a page: lines become calls of one engine. */

import { treeContext } from '../../src/build/context.js';
import { Engine } from '../../src/engine/engine.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import type { Lesson, LessonPlace, PlaceState, SeenBuild, SolutionLine } from '../../src/lessons/lesson.js';
import { prepareImages, startFiles } from '../../src/lessons/prepare.js';
import { createLessonRegistry, type LessonRegistry } from '../../src/lessons/registry.js';
import { LessonRun, type Outcome } from '../../src/lessons/run.js';
import { seenBuild } from '../../src/lessons/seen-build.js';
import { RegistryClient } from '../../src/registry/client/client.js';
import { shellRuntime } from '../../src/shell/runtime.js';

const HOST = '127.0.0.1:5000';

export class MemoryLearner implements LessonPlace {
  readonly run: LessonRun;
  readonly #engine: Engine;
  readonly #registry: LessonRegistry;
  readonly #files: Record<string, Uint8Array>;
  readonly #builds: SeenBuild[] = [];
  readonly #runtime = shellRuntime();

  private constructor(lesson: Lesson, engine: Engine, registry: LessonRegistry) {
    this.run = new LessonRun(lesson, this);
    this.#engine = engine;
    this.#registry = registry;
    this.#files = { ...startFiles(lesson) };
  }

  static async begin(lesson: Lesson): Promise<MemoryLearner> {
    const registry = createLessonRegistry();
    const registries = new RegistryClient({ fetch: (request) => registry.fetch(request) });
    const engine = await Engine.open({ registries });
    await prepareImages(lesson, engine, shellRuntime());
    return new MemoryLearner(lesson, engine, registry);
  }

  look<T>(look: (state: PlaceState) => Promise<T>): Promise<T> {
    return look({
      engine: this.#engine,
      directory: { read: async (path) => this.#files[path] },
      builds: [...this.#builds],
      traffic: [...this.#registry.traffic],
      registryHost: HOST,
    });
  }

  async do(line: SolutionLine): Promise<void> {
    if (line.kind === 'edit') this.write(line.path, line.text);
    else await this.type(line.line);
  }

  write(path: string, text: string): void {
    this.#files[path] = new TextEncoder().encode(text);
  }

  /** Does the step that the run is at, as its solution says. */
  async solve(): Promise<Outcome> {
    const { lines, answer } = await this.run.solution();
    for (const line of lines) await this.do(line);
    return answer === undefined ? this.run.check() : this.run.answer(answer);
  }

  /** Solves everything before a step. */
  async reach(step: string): Promise<void> {
    while (this.run.step !== undefined && this.run.step.id !== step) await this.solve();
    if (this.run.step === undefined) throw new Error(`no step ${step}`);
  }

  /** Types a command line; fails when it does. */
  async type(line: string): Promise<void> {
    const [, verb = '', ...args] = [...line.replaceAll('$REGISTRY', HOST).matchAll(/(?:'[^']*'|[^\s'])+/g)].map(
      ([word]) => word.replaceAll("'", ''),
    );
    const { flags, operands } = parse(args, verb === 'run' || verb === 'create');
    const [first = '', second = ''] = operands;
    switch (verb) {
      case 'build':
        return this.#build(first, flags);
      case 'create':
        return void (await this.#create(operands, flags));
      case 'run':
        return this.#start(await this.#create(operands, flags));
      case 'commit': {
        const codec = flags['--compression'] as 'gzip' | 'zstd' | undefined;
        await this.#engine.commit(first, { ref: second, ...(codec !== undefined && { compression: { codec } }) });
        return;
      }
      case 'tag':
        return this.#engine.tag(first, second);
      case 'push':
        return void (await this.#engine.push(first));
      case 'pull':
        return void (await this.#engine.pull(first));
      case 'rm':
        return void (await this.#engine.rm(first));
      case 'rmi':
        for (const ref of operands) await this.#engine.rmi(ref);
        return;
      case 'volume':
        if (first === 'rm') await this.#engine.volumes.remove(second);
        return;
      case 'diff':
      case 'history':
        return;
      default:
        throw new Error(`a solution types what is not known here: ${line}`);
    }
  }

  async #build(directory: string, flags: Readonly<Record<string, string>>): Promise<void> {
    const prefix = directory === '.' ? '' : `${directory}/`;
    const own = Object.entries(this.#files).filter(([path]) => path.startsWith(prefix));
    const files = Object.fromEntries(own.map(([path, bytes]) => [`/${path.slice(prefix.length)}`, bytes]));
    const names = [flags['-t'] ?? ''];
    const built = await this.#engine.build({
      context: treeContext(UnionFs.fromJSON(files).view.lower),
      tags: names,
      runtime: this.#runtime,
      ...(flags['-f'] !== undefined && { file: flags['-f'] }),
      ...(flags['--timestamp'] !== undefined && { sourceDateEpoch: Number(flags['--timestamp']) }),
    });
    this.#builds.push(seenBuild(built, names));
  }

  async #create([image = '', ...cmd]: readonly string[], flags: Readonly<Record<string, string>>): Promise<string> {
    const [source = '', target = ''] = (flags['-v'] ?? '').split(':');
    const { id } = await this.#engine.create(image, {
      ...(flags['--name'] !== undefined && { name: flags['--name'] }),
      changes: { cmd },
      mounts: source === '' ? [] : [{ type: 'volume', source, target }],
    });
    return id;
  }

  async #start(id: string): Promise<void> {
    const { ended } = await this.#engine.start(id, { runtime: this.#runtime });
    const { exitCode } = await ended;
    if (exitCode !== 0) throw new Error(`the command ended with ${exitCode}`);
  }
}

/** Flags come before the operands of `run`, whose command has its own; `--explain` alone takes no value. */
function parse(
  args: readonly string[],
  stopsAtOperand: boolean,
): { flags: Record<string, string>; operands: readonly string[] } {
  const flags: Record<string, string> = {};
  const operands: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const word = args[at] ?? '';
    if (stopsAtOperand && operands.length > 0) operands.push(word);
    else if (word === '--explain') flags[word] = '';
    else if (word.startsWith('-')) flags[word] = args[++at] ?? '';
    else operands.push(word);
  }
  return { flags, operands };
}

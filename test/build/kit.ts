/** Builds in memory, for tests. */

import '../../src/node/platform.js';
import { treeContext } from '../../src/build/context.js';
import type { BuiltImage, EngineBuildOptions } from '../../src/engine/builds.js';
import { Engine } from '../../src/engine/engine.js';
import { layerChanges } from '../../src/fs/packing.js';
import { UnionFs } from '../../src/fs/union-fs.js';
import { applyChanges } from '../../src/layer/apply.js';
import { shellRuntime } from '../../src/shell/runtime.js';
import type { Tree } from '../../src/tree/node.js';

export type Files = Readonly<Record<string, string>>;

export const EPOCH = 1_700_000_000;

export function treeOf(union: UnionFs): Tree {
  return applyChanges(undefined, [...layerChanges(union.view.everything())], { id: 'test' });
}

export function contextOf(files: Files): EngineBuildOptions['context'] {
  const union = UnionFs.over([]);
  for (const [path, content] of Object.entries(files)) {
    const directory = path.slice(0, path.lastIndexOf('/'));
    if (directory !== '') union.fs.mkdirSync(`/${directory}`, { recursive: true });
    union.fs.writeFileSync(`/${path}`, content);
  }
  return treeContext(treeOf(union));
}

export class Builder {
  readonly engine: Engine;

  private constructor(engine: Engine) {
    this.engine = engine;
  }

  static async open(root?: string): Promise<Builder> {
    return new Builder(await Engine.open(root === undefined ? {} : { root }));
  }

  build(dockerfile: string, files: Files = {}, options: Partial<EngineBuildOptions> = {}): Promise<BuiltImage> {
    return this.engine.build({
      context: contextOf(files),
      dockerfile,
      runtime: shellRuntime({ withoutPrograms: true }),
      sourceDateEpoch: EPOCH,
      tags: ['app'],
      ...options,
    });
  }

  async file(path: string): Promise<string> {
    const { tree } = await this.engine.tree('app');
    return UnionFs.overTree(tree).fs.readFileSync(path, 'utf8');
  }
}

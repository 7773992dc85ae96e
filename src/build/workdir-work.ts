/** WORKDIR as a step: the directory and its parents, made where they are missing and owned by the user. */

import type { Layer } from '../layer/layer.js';
import { TreeEditor } from '../tree/edit.js';
import type { DirectoryNode } from '../tree/node.js';
import { rootPath } from '../tree/root-path.js';
import { Copier, timeOf } from './copy.js';
import { namesOwner, ownerOf } from './owner.js';
import type { WorkdirStep } from './step.js';
import type { KeyPart } from './step-key.js';
import type { StageState, StepHost, StepWork } from './step-work.js';

export class WorkdirWork implements StepWork {
  readonly #solver: StepHost;
  readonly #step: WorkdirStep;
  readonly #state: StageState;

  constructor(solver: StepHost, step: WorkdirStep, state: StageState) {
    this.#solver = solver;
    this.#step = step;
    this.#state = state;
  }

  async *keys(): AsyncIterable<readonly KeyPart[]> {
    yield [
      { name: 'parent', value: this.#solver.chainOf(this.#state) },
      { name: 'path', value: this.#step.path },
      { name: 'user', value: this.#step.user },
    ];
  }

  async run(): Promise<Layer> {
    const { store, epoch, now } = this.#solver.options;
    const { path, user } = this.#step;
    const tree = await store.tree(this.#state.layers, { content: namesOwner(user) });
    const editor = new TreeEditor(tree, { id: 'workdir' });
    const owner = user === '' ? undefined : ownerOf(tree, user);
    const copier = new Copier(editor, { owner, mode: undefined, now: timeOf(epoch, now), mtimeSec: undefined });
    copier.makeDirectories(rootPath(editor.find('/') as DirectoryNode, path, { followLast: true }));
    return this.#solver.pack(tree, editor.finish());
  }
}

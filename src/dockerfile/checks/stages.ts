/** The stages of a Dockerfile: which is built on which, and which of them the target needs. */

import type { Dockerfile, FromInstruction, Instruction, StageDefinition } from '../ast.js';
import { DockerfileError } from '../error.js';
import { parseInstruction } from '../parse.js';
import { didYouMean } from '../suggest.js';
import type { FromValues } from './from.js';
import { imageNameFault } from './image-name.js';

export interface CheckedStage {
  readonly from: FromInstruction;
  /** The name of the base, variables replaced. */
  readonly image: string;
  readonly platform: string | undefined;
  /** The stage above that the FROM names. */
  readonly base: CheckedStage | undefined;
  /** Those of ONBUILD in the base come first, as if they stood at the FROM. */
  readonly instructions: readonly Instruction[];
  readonly definition: StageDefinition;
}

export const SCRATCH = 'scratch';

export class StageGraph {
  readonly stages: readonly CheckedStage[];
  readonly #dockerfile: Dockerfile;
  /** The last stage of a name is the one that is meant below it. */
  readonly #byName: Map<string, CheckedStage> = new Map();

  /** `check` looks at a FROM; fails where the first one fails. */
  constructor(dockerfile: Dockerfile, check: (from: FromInstruction) => FromValues) {
    this.#dockerfile = dockerfile;
    const stages: CheckedStage[] = [];
    for (const definition of dockerfile.stages) {
      const { from } = definition;
      const values = check(from);
      const base = this.#byName.get(values.image);
      const instructions = [...this.#triggers(from, base), ...definition.instructions];
      const stage = { from, ...values, base, instructions, definition };
      stages.push(stage);
      if (from.alias !== undefined) this.#byName.set(from.alias.toLowerCase(), stage);
    }
    this.stages = stages;
  }

  /** The target and what it needs, in the order of the file; all stages where no target is asked for. */
  needed(target: string | undefined): readonly CheckedStage[] {
    const found = target === undefined || target === '' ? undefined : this.#target(target);
    for (const stage of this.stages) this.#checkName(stage);
    return found === undefined ? this.stages : this.#reachable(found);
  }

  #target(name: string): CheckedStage {
    const found = this.#byName.get(name.toLowerCase());
    if (found !== undefined) return found;
    const hint = didYouMean(name, [...this.#byName.keys()]);
    const { file } = this.#dockerfile;
    throw new DockerfileError(`target stage ${JSON.stringify(name)} could not be found${hint}`, { file });
  }

  #reachable(target: CheckedStage): CheckedStage[] {
    const needed = new Set<CheckedStage>();
    const open: (CheckedStage | undefined)[] = [target];
    for (const stage of open) {
      if (stage === undefined || needed.has(stage)) continue;
      needed.add(stage);
      open.push(stage.base);
      for (const name of stage.instructions.flatMap(namesIn)) open.push(this.#stageOf(name));
    }
    return this.stages.filter((stage) => needed.has(stage));
  }

  #stageOf(name: string): CheckedStage | undefined {
    return /^\d+$/.test(name) ? this.stages[Number(name)] : this.#byName.get(name.toLowerCase());
  }

  #checkName({ from, image, base }: CheckedStage): void {
    const fault = base !== undefined || image === SCRATCH ? undefined : imageNameFault(image);
    if (fault === undefined) return;
    const what = `failed to parse stage name ${JSON.stringify(image)}: ${fault}`;
    throw new DockerfileError(what, { file: this.#dockerfile.file, line: from.range.start });
  }

  #triggers({ range }: FromInstruction, base: CheckedStage | undefined): Instruction[] {
    const { file } = this.#dockerfile;
    const triggers = base?.definition.instructions.flatMap((each) => (each.kind === 'onbuild' ? each.trigger : []));
    try {
      return (triggers ?? []).map((trigger) => ({ ...parseInstruction(trigger, { file }), range }));
    } catch (error) {
      if (!(error instanceof DockerfileError)) throw error;
      throw new DockerfileError(error.reason, { file, line: range.start }, error);
    }
  }
}

function namesIn(instruction: Instruction): string[] {
  if (instruction.kind === 'copy') return instruction.from === undefined ? [] : [instruction.from];
  if (instruction.kind !== 'run') return [];
  return instruction.mounts.flatMap((mount) => /(?:^|,)from=([^,]*)/i.exec(mount)?.[1] ?? []);
}

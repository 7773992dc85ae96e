/** From a Dockerfile and what it is built with to stages and steps: everything is expanded, nothing has run. */

import type { SourceRange, StageDefinition } from '../dockerfile/ast.js';
import { DockerfileError, locate } from '../dockerfile/error.js';
import { expandWord } from '../dockerfile/expand.js';
import { nearest } from '../dockerfile/suggest.js';
import { formatPlatform, type Platform, parsePlatform } from '../image/platform.js';
import { ImageDraft } from './image-draft.js';
import type { NamedContext, PlanOptions } from './plan-options.js';
import { platformArgs } from './platform-args.js';
import { type StageHost, StagePlanner } from './stage-planner.js';
import type { Origin, StageBase, StagePlan } from './step.js';

export interface Plan {
  readonly target: StagePlan;
  /** The target and every stage that it needs, each after those it needs itself. */
  readonly stages: readonly StagePlan[];
}

interface KnownStage {
  readonly definition: StageDefinition;
  readonly name: string;
  /** What FROM names, expanded. */
  readonly image: string;
  readonly platform: Platform | undefined;
  /** The stage that FROM names, if it is one above. */
  readonly base: KnownStage | undefined;
}

export const SCRATCH = 'scratch';

/** Plans the target. Fails with DOCKERFILE_INVALID at the line, IMAGE_UNKNOWN for a base that nobody has. */
export async function planBuild(options: PlanOptions): Promise<Plan> {
  const planner = new BuildPlanner(options);
  const target = await planner.target();
  return { target, stages: planner.planned };
}

class BuildPlanner implements StageHost {
  readonly options: PlanOptions;
  /** Arguments that FROM lines see, and that `ARG NAME` takes into a stage. */
  readonly globalArgs: ReadonlyMap<string, string>;
  readonly planned: StagePlan[] = [];
  readonly #stages: KnownStage[] = [];
  readonly #byName: Map<string, KnownStage> = new Map();
  readonly #plans: Map<KnownStage, Promise<StagePlan>> = new Map();
  readonly #images: Map<string, Promise<StagePlan>> = new Map();
  /** The stages that are being planned, for the message about a circle. */
  readonly #open: Set<KnownStage> = new Set();

  constructor(options: PlanOptions) {
    this.options = options;
    const { stages } = options.dockerfile;
    const targetName = options.target ?? stages.at(-1)?.from.alias ?? '';
    this.globalArgs = this.#readGlobalArgs(targetName);
    for (const [index, definition] of stages.entries()) this.#addStage(definition, index);
  }

  async target(): Promise<StagePlan> {
    const { target } = this.options;
    const stage = target === undefined ? this.#stages.at(-1) : this.#byName.get(target.toLowerCase());
    if (stage !== undefined) return this.#plan(stage);
    const names = this.#stages.map(({ name }) => name);
    const hint = nearest(target ?? '', names);
    const suffix = hint === undefined ? '' : ` (did you mean ${hint}?)`;
    throw new DockerfileError(`target stage ${JSON.stringify(target ?? '')} could not be found${suffix}`, {
      file: this.options.dockerfile.file,
    });
  }

  /** What `--from` or a mount's `from` names: a stage by name or number, a named context, or an image. */
  async origin(from: string, range: SourceRange): Promise<Origin> {
    const stage = /^\d+$/.test(from) ? this.#byIndex(Number(from), range) : this.#byName.get(from.toLowerCase());
    if (stage !== undefined) {
      this.#refuseCircle(stage, range);
      this.#refuseLater(stage, range);
      return { kind: 'stage', stage: await this.#plan(stage) };
    }
    const named = this.options.contexts?.[from];
    if (named?.kind === 'files') return { kind: 'context', name: from, context: named.context };
    return { kind: 'stage', stage: await this.#imageStage(from, this.options.platform, range) };
  }

  expandGlobal(word: string, range: SourceRange): string {
    const { escapeToken } = this.options.dockerfile.directives;
    return this.at(range, () => expandWord(word, { env: this.globalArgs, escapeToken }));
  }

  /** Runs something whose failure lies at these lines. */
  at<T>(range: SourceRange, run: () => T): T {
    try {
      return run();
    } catch (error) {
      throw locate(error, this.options.dockerfile.file, range.start);
    }
  }

  #readGlobalArgs(targetName: string): Map<string, string> {
    const { dockerfile, buildArgs = {}, platform, buildPlatform } = this.options;
    const args = platformArgs(buildPlatform, platform, targetName);
    for (const name of args.keys()) if (buildArgs[name] !== undefined) args.set(name, buildArgs[name]);
    const { escapeToken } = dockerfile.directives;
    for (const instruction of dockerfile.globalArgs) {
      for (const { name, value } of instruction.args) {
        const given = buildArgs[name];
        const expanded =
          value === undefined
            ? undefined
            : this.at(instruction.range, () => expandWord(value, { env: args, escapeToken }));
        const found = given ?? expanded;
        if (found !== undefined) args.set(name, found);
      }
    }
    return args;
  }

  #addStage(definition: StageDefinition, index: number): void {
    const { from } = definition;
    const image = this.expandGlobal(from.image, from.range);
    if (image === '') this.#fail(`base name (${from.image}) should not be blank`, from.range);
    const isNamed = from.alias !== undefined && this.options.contexts?.[from.alias.toLowerCase()] !== undefined;
    const stage: KnownStage = {
      definition,
      name: from.alias?.toLowerCase() ?? `stage-${index}`,
      image,
      platform: this.#stagePlatform(from.platform, from.range),
      base: isNamed ? undefined : this.#byName.get(image),
    };
    this.#stages.push(stage);
    if (from.alias !== undefined) this.#byName.set(stage.name, stage);
  }

  #stagePlatform(text: string | undefined, range: SourceRange): Platform | undefined {
    if (text === undefined) return undefined;
    const expanded = this.expandGlobal(text, range);
    if (expanded === '') this.#fail(`empty platform value from expression ${text}`, range);
    return this.at(range, () => parsePlatform(expanded));
  }

  #byIndex(index: number, range: SourceRange): KnownStage {
    return this.#stages[index] ?? this.#fail(`invalid stage index ${index}`, range);
  }

  #refuseCircle(stage: KnownStage, range: SourceRange): void {
    if (this.#open.has(stage)) this.#fail(`circular dependency detected on stage: ${stage.name}`, range);
  }

  /** A stage that is written below the line needs what is above it, but not the other way round. */
  #refuseLater(stage: KnownStage, range: SourceRange): void {
    const { name, definition } = stage;
    if (definition.from.range.start < range.start) return;
    this.#fail(`cannot copy from stage ${JSON.stringify(name)}, it needs to be defined before current stage`, range);
  }

  #plan(stage: KnownStage): Promise<StagePlan> {
    const known = this.#plans.get(stage);
    if (known !== undefined) return known;
    const plan = this.#planStage(stage);
    this.#plans.set(stage, plan);
    return plan;
  }

  async #planStage(stage: KnownStage): Promise<StagePlan> {
    this.#open.add(stage);
    const { from, instructions } = stage.definition;
    const replacement = this.options.contexts?.[stage.name];
    const isReplaced = from.alias !== undefined && replacement !== undefined;
    const parent = stage.base === undefined ? undefined : await this.#basePlan(stage.base, from.range);
    const base: StageBase = isReplaced
      ? namedBase(replacement, stage.name)
      : parent === undefined
        ? await this.#externalBase(stage)
        : { kind: 'stage', stage: parent };
    const planner = new StagePlanner(this, { name: stage.name, range: from.range, base, platform: stage.platform });
    const plan = await planner.plan(isReplaced ? [] : instructions);
    this.#open.delete(stage);
    this.planned.push(plan);
    return plan;
  }

  async #basePlan(stage: KnownStage, range: SourceRange): Promise<StagePlan> {
    this.#refuseCircle(stage, range);
    return this.#plan(stage);
  }

  async #externalBase(stage: KnownStage): Promise<StageBase> {
    if (stage.image === SCRATCH) return { kind: 'scratch' };
    const { base } = await this.#imageStage(
      stage.image,
      stage.platform ?? this.options.platform,
      stage.definition.from.range,
    );
    return base;
  }

  /** An image as a stage that does nothing. */
  #imageStage(name: string, platform: Platform, range: SourceRange): Promise<StagePlan> {
    const key = `${formatPlatform(platform)} ${name}`;
    const known = this.#images.get(key);
    if (known !== undefined) return known;
    const stage = this.#loadImage(name, platform, range);
    this.#images.set(key, stage);
    return stage;
  }

  async #loadImage(name: string, platform: Platform, range: SourceRange): Promise<StagePlan> {
    if (name === SCRATCH) return emptyStage(platform, range);
    const base = await this.#imageBase(name, platform, range);
    const image = base.kind === 'image' ? ImageDraft.of(base.image.config) : ImageDraft.empty(platform);
    const plan: StagePlan = { name, range, base, steps: [], history: [], image };
    this.planned.push(plan);
    return plan;
  }

  async #imageBase(name: string, platform: Platform, range: SourceRange): Promise<StageBase> {
    const { contexts = {}, resolveImage, dockerfile } = this.options;
    const named = contexts[name] ?? contexts[name.replace(/:latest$/, '')];
    if (named !== undefined) return namedBase(named, name);
    try {
      return { kind: 'image', image: await resolveImage(name, platform), name };
    } catch (error) {
      throw locate(error, dockerfile.file, range.start);
    }
  }

  #fail(what: string, range: SourceRange): never {
    throw new DockerfileError(what, { file: this.options.dockerfile.file, line: range.start });
  }
}

function namedBase(named: NamedContext, name: string): StageBase {
  return named.kind === 'image' ? { ...named, name } : { ...named, name };
}

function emptyStage(platform: Platform, range: SourceRange): StagePlan {
  const image = ImageDraft.empty(platform);
  return { name: SCRATCH, range, base: { kind: 'scratch' }, steps: [], history: [], image };
}

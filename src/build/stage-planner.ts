/** Plans one stage: follows its instructions, keeps variables and config, and says what each does to the files. */

import type {
  AddInstruction,
  ArgInstruction,
  CommandInstruction,
  CopyInstruction,
  HealthcheckInstruction,
  Heredoc,
  Instruction,
  ListInstruction,
  RunInstruction,
  SourceRange,
  ValueInstruction,
} from '../dockerfile/ast.js';
import { DockerfileError } from '../dockerfile/error.js';
import { expandHeredoc, expandWord, expandWords } from '../dockerfile/expand.js';
import { parseMount, type RunMount } from '../dockerfile/mounts.js';
import { parseInstruction } from '../dockerfile/parse.js';
import type { Platform } from '../image/platform.js';
import { healthcheck, plainList, quotedList } from './created-by.js';
import { DEFAULT_PATH, ImageDraft } from './image-draft.js';
import { parseMode } from './mode.js';
import { planMount } from './plan-mount.js';
import type { PlanOptions } from './plan-options.js';
import { proxyVariables } from './platform-args.js';
import { exposedPorts } from './ports.js';
import { PIPES, runText } from './run-text.js';
import { signalNumber } from './signals.js';
import type { CopySource, CopyStep, Origin, PlannedHistory, PlannedMount, StageBase, StagePlan, Step } from './step.js';
import { canonicalPath, slashedPath } from './workdir.js';

/** What a stage asks of the plan around it. */
export interface StageHost {
  readonly options: PlanOptions;
  readonly globalArgs: ReadonlyMap<string, string>;
  /** Runs something whose failure lies at these lines. */
  at<T>(range: SourceRange, run: () => T): T;
  /** What `--from` or a mount's `from` names. */
  origin(from: string, range: SourceRange): Promise<Origin>;
}

export interface StageStart {
  readonly name: string;
  readonly range: SourceRange;
  readonly base: StageBase;
  readonly platform: Platform | undefined;
}

/** What a stage built on this one begins with. */
interface Scope {
  /** Variables by name: those of the config, and arguments that were declared. */
  readonly env: Map<string, string>;
  /** Declared arguments, in order; undefined for one without a value. */
  readonly args: Map<string, string | undefined>;
}

const DEFAULT_SHELL = ['/bin/sh', '-c'];
const BUILDKIT_MARK = ' # buildkit';
/** Arguments that only steer BuildKit, and are no variables. */
const NOT_VARIABLES = ['BUILDKIT_SBOM_SCAN_CONTEXT', 'BUILDKIT_SBOM_SCAN_STAGE'];

const scopes = new WeakMap<StagePlan, Scope>();

export class StagePlanner {
  readonly #planner: StageHost;
  readonly #start: StageStart;
  readonly #image: ImageDraft;
  readonly #scope: Scope;
  readonly #steps: Step[] = [];
  readonly #history: PlannedHistory[] = [];
  #isCmdSet = false;
  #total = 0;

  constructor(planner: StageHost, start: StageStart) {
    this.#planner = planner;
    this.#start = start;
    this.#image = draftOf(start, start.platform ?? planner.options.platform);
    const parent = start.base.kind === 'stage' ? scopes.get(start.base.stage) : undefined;
    this.#scope = { env: new Map(parent?.env), args: new Map(parent?.args) };
  }

  async plan(instructions: readonly Instruction[]): Promise<StagePlan> {
    const { name, range, base } = this.#start;
    const triggers = this.#triggers();
    this.#image.set('OnBuild', undefined);
    const all = [...triggers, ...instructions];
    this.#total = all.filter(({ kind }) => LAYERED.has(kind)).length + (base.kind === 'image' ? 1 : 0);
    if (!this.#image.env().some(([key]) => key === 'PATH')) this.#image.setEnv('PATH', DEFAULT_PATH);
    for (const [key, value] of this.#image.env()) this.#scope.env.set(key, value);
    for (const instruction of all) await this.#dispatchAt(instruction);
    const plan: StagePlan = {
      name,
      range,
      base,
      steps: this.#steps,
      history: this.#history,
      image: this.#image,
    };
    scopes.set(plan, this.#scope);
    return plan;
  }

  /** What ONBUILD of the base says is done first, as if it stood at the FROM. */
  #triggers(): Instruction[] {
    const { base, range } = this.#start;
    const image = base.kind === 'stage' ? base.stage.image : this.#image;
    return this.#planner.at(range, () =>
      image.list('OnBuild').map((trigger) => ({ ...parseInstruction(trigger, { file: this.#file }), range })),
    );
  }

  async #dispatchAt(instruction: Instruction): Promise<void> {
    try {
      await this.#dispatch(instruction);
    } catch (error) {
      this.#planner.at(instruction.range, () => {
        throw error;
      });
    }
  }

  async #dispatch(instruction: Instruction): Promise<void> {
    switch (instruction.kind) {
      case 'arg':
        return this.#arg(instruction);
      case 'env':
      case 'label':
        return this.#pairs(instruction.kind, instruction.pairs);
      case 'run':
        return this.#run(instruction);
      case 'copy':
      case 'add':
        return this.#copy(instruction);
      case 'cmd':
      case 'entrypoint':
        return this.#command(instruction);
      case 'shell':
        this.#image.set('Shell', [...instruction.shell]);
        return this.#note(`SHELL ${plainList(instruction.shell)}`);
      case 'healthcheck':
        return this.#healthcheck(instruction);
      case 'expose':
      case 'volume':
        return this.#list(instruction);
      case 'onbuild':
        this.#image.set('OnBuild', [...this.#image.list('OnBuild'), instruction.trigger]);
        return;
      default:
        return this.#value(instruction);
    }
  }

  #arg({ args }: ArgInstruction): void {
    const { buildArgs = {} } = this.#planner.options;
    const notes: string[] = [];
    for (const { name, value } of args) {
      const given = Object.hasOwn(buildArgs, name) ? buildArgs[name] : undefined;
      const found = given ?? (value === undefined ? this.#planner.globalArgs.get(name) : this.#expand(value));
      if (found !== undefined && !NOT_VARIABLES.includes(name)) this.#scope.env.set(name, found);
      this.#scope.args.delete(name);
      this.#scope.args.set(name, found);
      notes.push(found === undefined ? name : `${name}=${found}`);
    }
    this.#note(`ARG ${notes.join(' ')}`);
  }

  /** All values of the line see the variables from before it. */
  #pairs(kind: 'env' | 'label', pairs: readonly { readonly key: string; readonly value: string }[]): void {
    const expanded = pairs.map(({ key, value }) => [this.#expand(key), this.#expand(value)] as const);
    for (const [key, value] of expanded) {
      if (kind === 'label') this.#image.merge('Labels', { [key]: value });
      else {
        this.#scope.env.set(key, value);
        this.#image.setEnv(key, value);
      }
    }
    this.#note(`${kind.toUpperCase()} ${expanded.map(([key, value]) => `${key}=${value}`).join(' ')}`);
  }

  async #run(instruction: RunInstruction): Promise<void> {
    const { text, script } = runText(instruction.command);
    const argv =
      script !== undefined
        ? [`${PIPES}/${script.name}`]
        : instruction.command.form === 'exec'
          ? instruction.command.args
          : this.#inShell(text);
    const proxies = proxyVariables(this.#planner.options.buildArgs ?? {});
    const mounts: PlannedMount[] = [];
    for (const text of instruction.mounts) {
      const mount = parseMount(text, (word) => this.#expand(word));
      const origin = await this.#mountOrigin(mount, instruction.range);
      mounts.push(planMount(mount, { index: mounts.length, origin, directory: this.#workingDirectory }));
    }
    const args = [...this.#scope.args].map(([name, value]) => `${name}=${this.#scope.env.get(name) ?? value ?? ''}`);
    const shown = [...(args.length === 0 ? [] : [`|${args.length}`, ...args]), ...argv].join(' ');
    this.#step({
      kind: 'run',
      ...this.#common(instruction, `RUN ${shown}${BUILDKIT_MARK}`),
      argv,
      env: { ...Object.fromEntries(this.#scope.env) },
      proxies,
      cwd: this.#workingDirectory,
      user: this.#image.text('User'),
      mounts,
      network: instruction.network,
      security: instruction.security,
      script,
    });
  }

  async #copy(instruction: CopyInstruction | AddInstruction): Promise<void> {
    const isAdd = instruction.kind === 'add';
    const from = isAdd ? undefined : instruction.from;
    const origin: Origin =
      from === undefined
        ? { kind: 'context', name: '', context: this.#planner.options.context }
        : await this.#planner.origin(from, instruction.range);
    const words = instruction.sources.map((word) => this.#expand(word));
    const destination = this.#expand(instruction.destination);
    const chown = instruction.chown && this.#expand(instruction.chown);
    const chmod = instruction.chmod && this.#expand(instruction.chmod);
    const mode = chmod ? parseMode(chmod) : undefined;
    if (chmod && mode === undefined) this.#fail(wrongMode(chmod));
    const checksum = isAdd && instruction.checksum !== undefined ? this.#expand(instruction.checksum) : undefined;
    if (checksum !== undefined) this.#checkChecksum(words);
    const sources = words.map((word) => this.#source(word, { isAdd, origin, checksum }));
    for (const heredoc of instruction.heredocs) sources.push(this.#inline(heredoc));
    const parents = !isAdd && instruction.parents;
    const shown = [
      isAdd ? 'ADD' : 'COPY',
      ...(parents ? ['--parents'] : []),
      ...(chown ? [`--chown=${chown}`] : []),
      ...(chmod ? [`--chmod=${chmod}`] : []),
      ...words,
      ...instruction.heredocs.map(({ name }) => `<<${name}`),
      destination,
    ];
    const step: CopyStep = {
      kind: 'copy',
      ...this.#common(instruction, shown.join(' ') + BUILDKIT_MARK),
      instruction: isAdd ? 'ADD' : 'COPY',
      sources,
      destination: this.#absolute(destination),
      chown: chown || undefined,
      chmod: chmod || undefined,
      mode,
      link: instruction.link && mode === undefined,
      parents,
      exclude: instruction.exclude,
      unpackLocal: isAdd && instruction.unpack !== false,
      unpackRemote: isAdd && instruction.unpack === true,
    };
    this.#step(step);
  }

  #source(
    word: string,
    { isAdd, origin, checksum }: { isAdd: boolean; origin: Origin; checksum: string | undefined },
  ): CopySource {
    if (isGitSource(word)) {
      this.#fail(isAdd ? 'ADD of a git repository is not supported' : "source can't be a git ref for COPY");
    }
    if (!/^https?:\/\//.test(word)) return { kind: 'path', origin, path: word };
    if (!isAdd) this.#fail("source can't be a URL for COPY");
    return { kind: 'url', url: word, checksum };
  }

  #checkChecksum(words: readonly string[]): void {
    if (words.length !== 1) this.#fail("checksum can't be specified for multiple sources");
    if (!/^https?:\/\//.test(words[0] as string)) this.#fail('checksum requires HTTP(S) or Git sources');
  }

  #inline({ name, content, expand }: Heredoc): CopySource {
    return { kind: 'inline', name, content: expand ? expandHeredoc(content, { env: this.#scope.env }) : content };
  }

  async #mountOrigin(mount: RunMount, range: SourceRange): Promise<Origin | undefined> {
    if (mount.type !== 'bind' && mount.type !== 'cache') return undefined;
    if (mount.from !== undefined) return this.#planner.origin(mount.from, range);
    if (mount.type === 'cache') return undefined;
    return { kind: 'context', name: '', context: this.#planner.options.context };
  }

  #command({ kind, command }: CommandInstruction): void {
    const args = command.form === 'exec' ? command.args : this.#inShell(command.text);
    if (kind === 'cmd') {
      this.#image.set('Cmd', [...args]);
      this.#isCmdSet = true;
    } else {
      this.#image.set('Entrypoint', [...args]);
      if (!this.#isCmdSet) this.#image.set('Cmd', undefined);
    }
    this.#note(`${kind.toUpperCase()} ${quotedList(args)}`);
  }

  #healthcheck(instruction: HealthcheckInstruction): void {
    const { command, interval = 0, timeout = 0, startPeriod = 0, startInterval = 0, retries = 0 } = instruction;
    const test =
      command === undefined
        ? ['NONE']
        : command.form === 'exec'
          ? ['CMD', ...command.args]
          : ['CMD-SHELL', command.text];
    const figures = {
      Interval: interval,
      Timeout: timeout,
      StartPeriod: startPeriod,
      StartInterval: startInterval,
      Retries: retries,
    };
    const set = Object.fromEntries(Object.entries(figures).filter(([, value]) => value !== 0));
    this.#image.set('Healthcheck', { Test: test, ...set });
    this.#note(`HEALTHCHECK ${healthcheck({ test, interval, timeout, startPeriod, startInterval, retries })}`);
  }

  #list({ kind, words }: ListInstruction): void {
    const expanded = words.flatMap((word) => this.#expandAll(word));
    if (kind === 'volume') {
      if (expanded.includes('')) this.#fail('VOLUME specified can not be an empty string');
      this.#image.merge('Volumes', Object.fromEntries(expanded.map((path) => [path, {}])));
      this.#note(`VOLUME ${plainList(expanded)}`);
      return;
    }
    const ports = [...new Set(expanded.flatMap(exposedPorts))].sort();
    this.#image.merge('ExposedPorts', Object.fromEntries(ports.map((port) => [port, {}])));
    this.#note(`EXPOSE ${plainList(ports)}`);
  }

  #value(instruction: ValueInstruction): void {
    const { kind } = instruction;
    if (kind === 'maintainer') {
      this.#image.author = instruction.value;
      this.#note(`MAINTAINER ${instruction.value}`);
      return;
    }
    const value = this.#expand(instruction.value);
    if (kind === 'workdir') {
      this.#workdir(instruction, value);
      return;
    }
    if (kind === 'user') this.#image.set('User', value);
    else {
      if (signalNumber(value) === undefined) this.#fail(`invalid signal: ${value}`);
      this.#image.set('StopSignal', value);
    }
    this.#note(`${kind.toUpperCase()} ${value}`);
  }

  #workdir(instruction: ValueInstruction, value: string): void {
    const path = slashedPath(this.#workingDirectory, value);
    this.#image.set('WorkingDir', path);
    const history = `WORKDIR ${path}`;
    if (path === '/') this.#note(history);
    else this.#step({ kind: 'workdir', ...this.#common(instruction, history), path, user: this.#image.text('User') });
  }

  #common(instruction: Instruction, history: string): Pick<Step, 'range' | 'title' | 'history' | 'ignoreCache'> {
    const { noCache = false } = this.#planner.options;
    const { name, base } = this.#start;
    const index = this.#steps.length + 1 + (base.kind === 'image' ? 1 : 0);
    const stage = this.#planner.options.dockerfile.stages.length === 1 ? '' : `${name} `;
    return {
      range: instruction.range,
      title: `[${stage}${index}/${this.#total}] ${instruction.text}`,
      history,
      ignoreCache: typeof noCache === 'boolean' ? noCache : noCache.includes(name),
    };
  }

  #step(step: Step): void {
    this.#steps.push(step);
    this.#history.push({ createdBy: step.history, step });
  }

  #note(createdBy: string): void {
    this.#history.push({ createdBy, step: undefined });
  }

  #inShell(text: string): string[] {
    const shell = this.#image.list('Shell');
    return [...(shell.length === 0 ? DEFAULT_SHELL : shell), text];
  }

  /** Relative to WORKDIR, cleaned, with the slash at its end kept. */
  #absolute(path: string): string {
    const isDirectory = path === '' || path === '.' || /\/\.?$/.test(path);
    const clean = canonicalPath(this.#workingDirectory, path);
    return isDirectory && clean !== '/' ? `${clean}/` : clean;
  }

  get #workingDirectory(): string {
    return this.#image.text('WorkingDir') || '/';
  }

  #expand(word: string): string {
    return expandWord(word, { env: this.#scope.env, escapeToken: this.#escape });
  }

  #expandAll(word: string): string[] {
    return expandWords(word, { env: this.#scope.env, escapeToken: this.#escape });
  }

  get #escape(): '\\' | '`' {
    return this.#planner.options.dockerfile.directives.escapeToken;
  }

  get #file(): string {
    return this.#planner.options.dockerfile.file;
  }

  #fail(what: string): never {
    throw new DockerfileError(what, { file: this.#file });
  }
}

const LAYERED: ReadonlySet<string> = new Set(['run', 'copy', 'add', 'workdir']);

function draftOf({ base }: StageStart, platform: Platform): ImageDraft {
  if (base.kind === 'stage') return base.stage.image.clone();
  if (base.kind === 'image') return ImageDraft.of(base.image.config);
  return ImageDraft.empty(platform);
}

function wrongMode(text: string): string {
  if (/^\d+$/.test(text)) {
    return `invalid chmod parameter: '${text}'. it should be octal string and between 0 and 07777`;
  }
  return `invalid chmod parameter: '${text}'`;
}

function isGitSource(word: string): boolean {
  return /^(git:\/\/|git@|ssh:\/\/|https?:\/\/.*\.git(?:$|[#?]))/.test(word);
}

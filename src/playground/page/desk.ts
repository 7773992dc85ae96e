/** Everything that the page shows, and what a learner can do to it. Panes draw it; whoever changes it says so. */

import type { Act, Edit, Moment, Start } from '../act.js';
import { decodeLink, encodeLink } from '../link.js';
import type { CheckView, Lookup, Target } from '../messages.js';
import { FIRST_START } from '../start.js';
import type { FileView, MomentView } from '../view.js';
import { shellScript } from './shell-script.js';
import { START, Time } from './time.js';
import { TreeModel } from './tree-model.js';
import { WorkerLink, WorkerTrouble } from './worker-link.js';

/** A request that is on its way. */
export interface Busy {
  readonly text: string;
  readonly sinceMs: number;
  /** From 0 to 1. */
  readonly part: number | undefined;
  /** What the act has printed so far. */
  readonly output: string;
}

export interface Message {
  readonly kind: 'error' | 'note';
  readonly text: string;
  /** A way back. */
  readonly action?: { readonly label: string; readonly run: () => void };
}

/** A tree with so many paths is shown as a whole. */
const SMALL_PATHS = 60;

export class Desk {
  /** Counts the changes that are said. */
  version: number = 0;
  readonly time: Time = new Time();
  readonly tree: TreeModel;
  start: Start = FIRST_START;
  /** What was edited and is in no act yet: texts by path; undefined is removed. */
  readonly drafts: Map<string, string | undefined> = new Map();
  file: string = 'Dockerfile';
  checks: readonly CheckView[] = [];
  busy: Busy | undefined;
  message: Message | undefined;
  /** What is looked into. */
  target: Target | undefined;
  lookup: Lookup | undefined;
  /** The container whose prompt is shown. */
  container: string | undefined;
  /** A digest whose bytes are shown, and what they are. */
  document: { readonly digest: string; readonly text: string } | undefined;
  share: { readonly url: string; readonly embed: string; readonly withoutLoads: boolean } | undefined;
  isHintShown: boolean = false;
  isSolutionShown: boolean = false;
  /** What a screen reader says next. */
  announcement: string = '';
  readonly #link: WorkerLink;
  readonly #draw: () => void;
  /** Moments that the worker can be asked about. */
  #held: Set<number> = new Set();
  #checked = '';

  constructor(makeWorker: () => Worker, draw: () => void) {
    this.#draw = draw;
    this.#link = new WorkerLink(makeWorker, (notice) => {
      if (notice.notice === 'need-shell') void this.#sendShell();
      else if (this.busy === undefined) return;
      else if (notice.notice === 'output') this.busy = { ...this.busy, output: this.busy.output + notice.text };
      else this.busy = { ...this.busy, text: notice.text, part: notice.part };
      draw();
    });
    this.tree = new TreeModel(
      (request) => this.#link.ask<'rows'>({ ask: 'rows', rows: request }),
      () => draw(),
    );
  }

  /** Says that something changed besides what goes on: every pane is drawn again. */
  changed(): void {
    this.version++;
    this.#draw();
  }

  /** The moment that is shown; undefined before the first. */
  get view(): MomentView | undefined {
    return this.time.views.get(this.time.at);
  }

  /** The files with what was edited. */
  get files(): readonly FileView[] {
    const files = new Map(this.#keptFiles.map((file) => [file.path, file]));
    for (const [path, text] of this.drafts) {
      if (text === undefined) files.delete(path);
      else files.set(path, { path, sizeBytes: text.length, text });
    }
    return [...files.values()].sort((a, b) => rank(a.path) - rank(b.path) || (a.path < b.path ? -1 : 1));
  }

  /** Before the engine has begun, the files of the start: a learner need not wait for it to type. */
  get #keptFiles(): readonly FileView[] {
    const { view, start } = this;
    if (view !== undefined || start.kind === 'lesson') return view?.files ?? [];
    return Object.entries(start.files).map(([path, text]) => ({ path, sizeBytes: text.length, text }));
  }

  get dockerfile(): string {
    return this.files.find(({ path }) => path === 'Dockerfile')?.text ?? '';
  }

  /** Begins with what the address says, or else with the start that the page was made with. */
  async begin(fragment: string): Promise<void> {
    let refusal: string | undefined;
    try {
      const state = await decodeLink(fragment);
      if (state !== undefined) {
        if (await this.open(state.start, state.acts)) return;
        refusal = this.message?.text;
      }
    } catch (error) {
      refusal = textOf(error);
    }
    await this.open(FIRST_START, []);
    if (refusal === undefined) return;
    const action = { label: 'Start afresh', run: () => void this.afresh() };
    this.message = { kind: 'error', text: refusal, action };
    this.changed();
  }

  async afresh(): Promise<void> {
    history.replaceState(undefined, '', location.pathname + location.search);
    this.message = undefined;
    await this.open(FIRST_START, []);
  }

  /** Back to the start that everybody has who comes without a link. */
  async leaveLesson(): Promise<void> {
    await this.open(FIRST_START, []);
  }

  /** Begins with a start and does the acts; false when it could not. */
  async open(start: Start, acts: readonly Act[]): Promise<boolean> {
    this.start = start;
    this.drafts.clear();
    const line = acts.map((act, at): Moment => ({ id: at + 1, parent: at, act }));
    return this.#work(start.kind === 'lesson' ? 'preparing the lesson' : 'starting', async () => {
      const views = await this.#link.ask<'open'>({ ask: 'open', start, line });
      this.time.clear();
      this.lookup = undefined;
      this.document = undefined;
      this.share = undefined;
      this.#held = new Set(views.map(({ id }) => id));
      const [first, ...rest] = views;
      if (first !== undefined) this.time.views.set(START, first);
      for (const [at, view] of rest.entries()) {
        const moment = line[at];
        if (moment !== undefined) this.time.keep(moment, view);
      }
      this.#arrived(undefined);
    });
  }

  /** Does something at the moment that is shown; what was edited goes with it. */
  async act(act: Act): Promise<void> {
    if (this.busy !== undefined) return;
    const edits = this.#takeEdits();
    const moment = this.time.next(edits.length === 0 ? act : { ...act, edits });
    const before = this.view;
    const isDone = await this.#work(act.kind === 'load' ? `loading ${act.name}` : 'working', async () => {
      const view = await this.#link.ask<'do'>({ ask: 'do', line: [...this.time.line(this.time.at), moment] });
      for (const { id } of this.time.line(this.time.at)) this.#held.add(id);
      this.#held.add(moment.id);
      this.time.keep(moment, view);
      this.#arrived(before);
    });
    // What was typed is not lost with the act.
    if (!isDone) for (const { path, text } of edits) if (!this.drafts.has(path)) this.drafts.set(path, text);
    this.changed();
  }

  /** Shows another moment. Nothing is undone: what follows it is still there. */
  async go(id: number): Promise<void> {
    if (this.busy !== undefined || id === this.time.at) return;
    this.drafts.clear();
    if (!this.#held.has(id)) {
      const line = this.time.line(id);
      await this.#work('going there', async () => {
        if (line.length > 0) await this.#link.ask<'do'>({ ask: 'do', line });
        for (const moment of line) this.#held.add(moment.id);
      });
    }
    this.time.go(id);
    this.#arrived(undefined);
    this.changed();
  }

  /** Ends what goes on, and brings the worker back to the moment that is shown. */
  async stop(): Promise<void> {
    this.#link.restart();
    // The act that was stopped says so first.
    await new Promise((resolve) => setTimeout(resolve));
    const line = this.time.line(this.time.at);
    await this.#work('starting again', async () => {
      await this.#link.ask<'open'>({ ask: 'open', start: this.start, line });
      this.#held = new Set([START, ...line.map(({ id }) => id)]);
    });
    this.message = { kind: 'note', text: 'Stopped. Everything is as it was before that line.' };
    this.announcement = 'Stopped. Everything is as it was before.';
    this.#arrived(undefined);
    this.changed();
  }

  edit(path: string, text: string | undefined): void {
    const kept = this.#keptFiles.find((file) => file.path === path);
    if (kept?.text === text) this.drafts.delete(path);
    else this.drafts.set(path, text);
    this.changed();
    void this.check();
  }

  /** Checks the Dockerfile as it is typed. */
  async check(): Promise<void> {
    const { dockerfile } = this;
    if (dockerfile === this.#checked) return;
    this.#checked = dockerfile;
    try {
      const checks = await this.#link.ask<'check'>({ ask: 'check', dockerfile });
      if (dockerfile === this.dockerfile) this.checks = checks;
    } catch {
      this.checks = [];
      this.#checked = '';
    }
    this.changed();
  }

  look(target: Target): void {
    this.target = target;
    this.lookup = undefined;
    this.tree.show(this.time.at, target, { isSmall: this.#isSmall(target) });
    this.changed();
  }

  async why(path: string): Promise<void> {
    if (this.target === undefined) return;
    try {
      this.lookup = await this.#link.ask<'lookup'>({
        ask: 'lookup',
        moment: this.time.at,
        target: this.target,
        path,
      });
      this.announcement = this.lookup.answer;
    } catch (error) {
      this.message = { kind: 'error', text: textOf(error) };
    }
    this.changed();
  }

  async showDocument(digest: string): Promise<void> {
    try {
      this.document = { digest, text: await this.#link.ask<'blob'>({ ask: 'blob', digest }) };
    } catch (error) {
      this.document = { digest, text: textOf(error) };
    }
    this.changed();
  }

  async makeLink(): Promise<void> {
    const acts = this.time.line(this.time.at).map(({ act }) => act);
    const edits = this.#draftEdits();
    try {
      const all = edits.length === 0 ? acts : [...acts, { kind: 'save', edits } as const];
      const fragment = await encodeLink({ start: this.start, acts: all });
      const base = location.href.replace(/[?#].*$/, '');
      history.replaceState(undefined, '', location.pathname + location.search + fragment);
      const url = `${base}${fragment}`;
      const source = `${base}?embed=1${fragment}`;
      const embed = `<iframe src="${source}" width="100%" height="600" title="Stratum playground"></iframe>`;
      this.share = { url, embed, withoutLoads: acts.some(({ kind }) => kind === 'load') };
    } catch (error) {
      this.message = { kind: 'error', text: textOf(error) };
    }
    this.changed();
  }

  /** An OCI archive of an image, to be kept on the learner's disk. */
  async save(name: string): Promise<void> {
    await this.#work(`saving ${name}`, async () => {
      const blob = await this.#link.ask<'save'>({ ask: 'save', name });
      const link = document.createElement('a');
      link.href = URL.createObjectURL(blob);
      link.download = `${name.replace(/[^\w.-]+/g, '-')}.tar`;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
      this.announcement = `${name} was saved as ${link.download}`;
    });
  }

  #arrived(before: MomentView | undefined): void {
    const { view } = this;
    if (view === undefined) return;
    this.isHintShown = false;
    this.isSolutionShown = false;
    this.share = undefined;
    if (!this.files.some(({ path }) => path === this.file)) this.file = this.files[0]?.path ?? 'Dockerfile';
    this.target = targetAt(view, before, this.target);
    const prompts = view.containers.filter(({ prompt }) => prompt !== undefined);
    const isNew = prompts.find(({ id }) => before !== undefined && view.fresh.includes(id));
    if (isNew !== undefined || !view.containers.some(({ id }) => id === this.container)) {
      this.container = (isNew ?? prompts[0] ?? view.containers[0])?.id;
    }
    this.lookup = undefined;
    if (this.target === undefined) this.tree.clear();
    else this.tree.show(this.time.at, this.target, { isSmall: this.#isSmall(this.target) });
    const told = view.news.map(({ text }) => text).join('. ');
    this.announcement = [view.trouble?.text, view.lesson?.isStepDone === true ? 'Step done.' : '', told]
      .filter((text) => text)
      .join(' ');
    void this.check();
  }

  #isSmall({ id }: Target): boolean {
    const { images = [], containers = [], layers = [] } = this.view ?? {};
    const own = [...images, ...containers].find((each) => each.id === id)?.layers ?? [];
    return layers.reduce((sum, layer) => (own.includes(layer.diffId) ? sum + layer.added : sum), 0) <= SMALL_PATHS;
  }

  #draftEdits(): Edit[] {
    return [...this.drafts].map(([path, text]) => (text === undefined ? { path } : { path, text }));
  }

  #takeEdits(): Edit[] {
    const edits = this.#draftEdits();
    this.drafts.clear();
    return edits;
  }

  async #work(text: string, work: () => Promise<void>): Promise<boolean> {
    this.busy = { text, sinceMs: performance.now(), part: undefined, output: '' };
    this.changed();
    try {
      await work();
      return true;
    } catch (error) {
      const isStopped = error instanceof WorkerTrouble && error.trouble.code === 'ABORTED';
      if (!isStopped) this.message = { kind: 'error', text: textOf(error) };
      return false;
    } finally {
      this.busy = undefined;
      this.changed();
    }
  }

  async #sendShell(): Promise<void> {
    const script = await shellScript().catch(() => '');
    await this.#link.ask<'shell'>({ ask: 'shell', script });
  }
}

/** The Dockerfile first, as everybody looks for it. */
function rank(path: string): number {
  return path === 'Dockerfile' ? 0 : path === '.dockerignore' ? 1 : 2;
}

/** What has just changed is looked into; else what was looked into before, while it is there. */
function targetAt(view: MomentView, before: MomentView | undefined, target: Target | undefined): Target | undefined {
  if (before !== undefined) {
    const container = view.containers.find(({ id }) =>
      view.fresh.some((each) => each === id || each.startsWith(`${id}:`)),
    );
    if (container !== undefined) return { kind: 'container', id: container.id };
    const image = view.images.findLast(({ id }) => view.fresh.includes(id));
    if (image !== undefined) return { kind: 'image', id: image.id };
  }
  const isThere = [...view.images, ...view.containers].some(({ id }) => id === target?.id);
  if (isThere) return target;
  const image = view.images.at(-1);
  return image && { kind: 'image', id: image.id };
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

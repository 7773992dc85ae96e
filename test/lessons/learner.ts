/** Somebody who learns, for tests: types the lines of a lesson, each as a command line of this process. */

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { TerminalPlace } from '../../src/cli/lesson/place.js';
import type { Lesson, SolutionLine } from '../../src/lessons/lesson.js';
import { findLesson } from '../../src/lessons/lessons.js';
import { LessonRun } from '../../src/lessons/run.js';
import { type Outcome as Exit, run } from '../cli/kit.js';

export class Learner {
  readonly lesson: Lesson;
  readonly place: TerminalPlace;
  readonly run: LessonRun;
  readonly #directory: string;
  #builds = 0;

  private constructor(lesson: Lesson, place: TerminalPlace, directory: string) {
    this.lesson = lesson;
    this.place = place;
    this.run = new LessonRun(lesson, place);
    this.#directory = directory;
  }

  static async begin(id: string): Promise<Learner> {
    const lesson = findLesson(id);
    if (lesson === undefined) throw new Error(`no lesson ${id}`);
    const directory = await mkdtemp(join(tmpdir(), 'stratum-learner-'));
    return new Learner(lesson, await TerminalPlace.prepare(lesson, directory, { now: Date.now }), directory);
  }

  async end(): Promise<void> {
    await this.place.close();
    await rm(this.#directory, { recursive: true, force: true });
  }

  /** Types a command; one that fails is the learner's business. */
  type(line: string): Promise<Exit> {
    const [program, ...argv] = wordsOf(line.replaceAll('$REGISTRY', this.place.registryHost));
    if (program !== 'stratum') throw new Error(`not a command of ours: ${line}`);
    const { work, store, builds } = this.place.folders;
    const metadata = argv[0] === 'build' ? ['--metadata-file', join(builds, `${String(++this.#builds)}.json`)] : [];
    const [verb = '', ...rest] = argv;
    return run([verb, ...metadata, ...rest], { cwd: work, env: { STRATUM_ROOT: store }, now: new Date() });
  }

  async write(path: string, text: string): Promise<void> {
    const file = join(this.place.folders.work, path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  }

  async do(line: SolutionLine): Promise<void> {
    if (line.kind === 'edit') return this.write(line.path, line.text);
    const { code, err } = await this.type(line.line);
    if (code !== 0) throw new Error(`${line.line}: ${err}`);
  }

  /** Does the step that the run is at, as its solution says. */
  async solve(): Promise<void> {
    const { lines, answer } = await this.run.solution();
    for (const line of lines) await this.do(line);
    const outcome = answer === undefined ? await this.run.check() : await this.run.answer(answer);
    if (outcome.kind !== 'done') throw new Error(`${this.lesson.id}: ${JSON.stringify(outcome)}`);
  }

  /** Every file of the store but the copies that can be made again, with its content. */
  async stored(): Promise<Record<string, string>> {
    const { store } = this.place.folders;
    const files: Record<string, string> = {};
    for (const entry of await readdir(store, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (!entry.isFile() || path.startsWith(join(store, 'cache'))) continue;
      files[path] = (await readFile(path)).toString('latin1');
    }
    return files;
  }
}

/** Words of a command line: blanks part them, single quotes keep them together. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/(?:'[^']*'|[^\s'])+/g)].map(([word]) => word.replaceAll("'", ''));
}

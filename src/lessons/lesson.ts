/**
 * A lesson: data for a page or a terminal to show, with checks that ask what the learner's engine holds.
 *
 * A face prepares the start (`prepare.ts`), shows the goal of the step that a `LessonRun` (`run.ts`) is at, lets the
 * learner type, and has the step checked after each thing done. Nothing here knows of keys, panes or processes.
 */

import type { Engine } from '../engine/engine.js';
import type { Word } from './words.js';

export interface Lesson {
  /** Its number is its place among `LESSONS`, from 1; its id never changes: `layers`, `copy-on-write`. */
  readonly id: string;
  readonly title: string;
  /** What one will understand, in one sentence. */
  readonly aim: string;
  /** How long it takes somebody who has never built an image; at most ten. */
  readonly minutes: number;
  /** What it is about, in a few short sentences; shown before the first step. */
  readonly intro: string;
  readonly start: LessonStart;
  readonly steps: readonly LessonStep[];
  /** What to take away; shown after the last step. */
  readonly outro: string;
}

/** What is there before the first step. */
export interface LessonStart {
  /** The learner's directory: relative paths, `/` between names. */
  readonly files: LessonFiles;
  /** Images in the learner's store, built in this order, each under its name. */
  readonly images?: readonly PreparedImage[];
  /** True when the learner pushes or pulls: `$REGISTRY` then stands for the registry's host. */
  readonly registry?: boolean;
}

export type LessonFiles = Readonly<Record<string, FileContent>>;

/** Text, or bytes that no compression makes smaller: the same for the same seed (`prepare.ts`). */
export type FileContent = string | { readonly sizeBytes: number; readonly seed: string };

/** Built with the learner's engine; its base is scratch or an image before it, and its commands run in the shell. */
export interface PreparedImage {
  readonly name: string;
  readonly dockerfile: string;
  readonly files: LessonFiles;
}

export type LessonStep = TaskStep | QuestionStep;

interface StepBase {
  /** Of this lesson, and never changed: answers are kept under it. */
  readonly id: string;
  /** What to do, in plain words; `code` stands between backquotes, paragraphs are parted by empty lines. */
  readonly goal: string;
  /** The field's words that appear here for the first time. */
  readonly words?: readonly Word[];
  readonly hint: string;
  /** What is worth looking at while doing it; a face shows what it can. */
  readonly shows?: readonly Pane[];
  /** What has just been seen, with the engine's figures; told when the step is done. */
  readonly tell?: (world: LessonWorld) => Promise<string>;
}

/** What a face may bring to the front. */
export type Pane = 'files' | 'build' | 'layers' | 'tree' | 'containers' | 'registry' | 'volumes';

export interface TaskStep extends StepBase {
  readonly kind: 'task';
  /** What somebody who knows would type, in order. */
  readonly solution: readonly SolutionLine[];
  /** Asks the state, never what was typed. It changes nothing, and may be asked at any time. */
  check(world: LessonWorld): Promise<Verdict>;
}

export interface QuestionStep extends StepBase {
  readonly kind: 'question';
  readonly question: Question;
  /** The right answer as it would be typed, found in the state; it changes nothing. */
  answer(world: LessonWorld): Promise<string>;
}

export type Question =
  /** A whole number. */
  | { readonly kind: 'number'; readonly unit: string }
  /** A number of bytes, as `12345`, `12 kB` or `1.5 MB`; right when it is within `tolerance` (0.25: a quarter). */
  | { readonly kind: 'bytes'; readonly tolerance: number }
  /** One of these, answered by its letter (`a` is the first) or its text. */
  | { readonly kind: 'choice'; readonly choices: readonly string[] }
  /** A digest or the beginning of one, with or without `sha256:`, at least six digits of it. */
  | { readonly kind: 'digest' };

export type SolutionLine =
  /**
   * A line for a shell in the learner's directory. Only `stratum` with the verbs of `COMMANDS` (`commands.ts`) is used;
   * `$REGISTRY` is the only variable, and quotes are single ones.
   */
  | { readonly kind: 'command'; readonly line: string }
  /** A file of the learner's directory, written as a whole. */
  | { readonly kind: 'edit'; readonly path: string; readonly text: string };

export type Verdict =
  | { readonly done: true }
  /** What is still to be done or is not as it should be, in words that help; a whole sentence. */
  | { readonly done: false; readonly missing: string };

/** What a check sees: the state as it is when it is asked. */
export interface LessonWorld {
  readonly engine: Engine;
  /** The learner's directory. */
  readonly directory: LessonDirectory;
  /** The builds that came to their end since the step began, oldest first. */
  readonly builds: readonly SeenBuild[];
  /** What the registry was asked since the step began, oldest first; nothing where the lesson has none. */
  readonly traffic: readonly RegistryRequest[];
  /** Of the registry, `127.0.0.1:5000`; what `$REGISTRY` stands for. Empty where the lesson has none. */
  readonly registryHost: string;
  /** What was answered in the steps before, as typed, by their ids. */
  readonly answers: Readonly<Record<string, string>>;
}

/** Reads the learner's directory; paths as in `LessonFiles`. */
export interface LessonDirectory {
  /** Undefined for what is no file. */
  read(path: string): Promise<Uint8Array | undefined>;
}

/** A build and what its steps came to: what `--metadata-file` says, or the outcomes of `Engine.build`. */
export interface SeenBuild {
  /** The names that it gave, as typed. */
  readonly names: readonly string[];
  /** Digest of the config. */
  readonly imageId: string;
  readonly steps: readonly SeenStep[];
}

export interface SeenStep {
  /** Line of the Dockerfile, from 1. */
  readonly line: number;
  /** `[2/3] COPY . /app`. */
  readonly title: string;
  readonly isCached: boolean;
  /** Why it was not: the part of the key that differs and how, `file app/main.js changed`. Undefined when cached. */
  readonly miss: string | undefined;
  readonly diffId: string;
}

/** One request to the registry that matters to a lesson; pings and tokens are left out. */
export interface RegistryRequest {
  readonly kind: /** Asked whether a blob or manifest is there. */
    | 'ask'
    /** A blob came in. */
    | 'send'
    /** A blob was taken over from another repository: nothing was sent. */
    | 'mount'
    /** A blob went out. */
    | 'fetch'
    /** A manifest came in, under its tag. */
    | 'name'
    /** A manifest went out. */
    | 'resolve';
  readonly repository: string;
  /** Digest of the blob; of a manifest the reference, tag or digest, as it was asked for. */
  readonly subject: string;
  /** False when the registry had it not, or refused. */
  readonly found: boolean;
  /** Bytes of the blob or manifest that moved; 0 for `ask` and `mount`. */
  readonly sizeBytes: number;
}

/** Where a lesson takes place, as a face has it. */
export interface LessonPlace {
  /** Hands out the state as it is now, and takes it back when `look` is done. */
  look<T>(look: (state: PlaceState) => Promise<T>): Promise<T>;
}

/** Everything since the lesson began; a `LessonRun` knows what of it belongs to the step. */
export type PlaceState = Omit<LessonWorld, 'answers'>;

/** The steps of a build: what an instruction does to the file system, with every variable in it expanded. */

import type { SourceRange } from '../dockerfile/ast.js';
import type { Image } from '../image/image.js';
import type { BuildContext } from './context.js';
import type { ImageDraft } from './image-draft.js';
import type { ModeChange } from './mode.js';

/** Where a source path starts from. */
export type Origin =
  | { readonly kind: 'context'; readonly name: string; readonly context: BuildContext }
  | { readonly kind: 'stage'; readonly stage: StagePlan };

export type CopySource =
  | { readonly kind: 'path'; readonly origin: Origin; readonly path: string }
  | { readonly kind: 'url'; readonly url: string; readonly checksum: string | undefined }
  | { readonly kind: 'inline'; readonly name: string; readonly content: string };

interface StepBase {
  readonly range: SourceRange;
  /** As progress shows it: `[build 2/5] RUN make`. */
  readonly title: string;
  /** `created_by` of the history entry. */
  readonly history: string;
  /** Runs again whatever the cache holds. */
  readonly ignoreCache: boolean;
}

export interface CopyStep extends StepBase {
  readonly kind: 'copy';
  readonly instruction: 'COPY' | 'ADD';
  readonly sources: readonly CopySource[];
  /** Absolute; with a slash at its end where it was written so. */
  readonly destination: string;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly mode: ModeChange | undefined;
  readonly link: boolean;
  readonly parents: boolean;
  readonly exclude: readonly string[];
  /** Whether archives are unpacked: local ones, and those from elsewhere. */
  readonly unpackLocal: boolean;
  readonly unpackRemote: boolean;
}

export interface PlannedMount {
  readonly type: 'bind' | 'cache' | 'tmpfs' | 'secret' | 'ssh';
  /** Absolute; undefined for a secret that is only a variable. */
  readonly target: string | undefined;
  readonly source: string;
  /** Of bind and cache; undefined starts with nothing. */
  readonly origin: Origin | undefined;
  readonly id: string;
  readonly env: string | undefined;
  readonly readOnly: boolean;
  readonly required: boolean;
  readonly sharing: 'shared' | 'private' | 'locked';
  readonly size: number | undefined;
  readonly mode: number | undefined;
  readonly uid: number;
  readonly gid: number;
}

export interface RunStep extends StepBase {
  readonly kind: 'run';
  readonly argv: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  /** Variables that the command gets too, and that are in no key: proxies. */
  readonly proxies: Readonly<Record<string, string>>;
  readonly cwd: string;
  readonly user: string;
  readonly mounts: readonly PlannedMount[];
  readonly network: 'default' | 'none' | 'host';
  readonly security: 'sandbox' | 'insecure';
  /** A heredoc that begins with `#!`: an executable file below /dev/pipes while the command runs. */
  readonly script: { readonly name: string; readonly content: string } | undefined;
}

export interface WorkdirStep extends StepBase {
  readonly kind: 'workdir';
  readonly path: string;
  readonly user: string;
}

export type Step = CopyStep | RunStep | WorkdirStep;

export type StageBase =
  | { readonly kind: 'scratch' }
  | { readonly kind: 'image'; readonly image: Image; readonly name: string }
  | { readonly kind: 'files'; readonly context: BuildContext; readonly name: string }
  | { readonly kind: 'stage'; readonly stage: StagePlan };

/** One line of history; without a step it made no layer. */
export interface PlannedHistory {
  readonly createdBy: string;
  readonly step: Step | undefined;
}

export interface StagePlan {
  /** As it is called; `stage-1` without a name. */
  readonly name: string;
  readonly range: SourceRange;
  readonly base: StageBase;
  readonly steps: readonly Step[];
  /** What this stage adds to the history of its base. */
  readonly history: readonly PlannedHistory[];
  /** The config after the last instruction. */
  readonly image: ImageDraft;
}

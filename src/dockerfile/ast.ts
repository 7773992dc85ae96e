/** A Dockerfile as it was written: instructions with their words still quoted and unexpanded, and where each stands. */

/** Lines of the file, counted from 1, both ends included. */
export interface SourceRange {
  readonly start: number;
  readonly end: number;
}

/** A here-document of RUN, COPY or ADD. */
export interface Heredoc {
  /** The word, without quotes. */
  readonly name: string;
  /** The file descriptor before `<<`; 0 where none is written. */
  readonly fd: number;
  /** False when any part of the word was quoted. */
  readonly expand: boolean;
  /** The lines between, each with its newline; tabs are gone already for `<<-`. */
  readonly content: string;
}

/** What RUN, CMD, ENTRYPOINT, HEALTHCHECK run: a JSON list of arguments, or text for the shell. */
export type Command =
  | { readonly form: 'exec'; readonly args: readonly string[] }
  | {
      readonly form: 'shell';
      /** Without its flags; continuation lines are joined. */
      readonly text: string;
      readonly heredocs: readonly Heredoc[];
    };

/** A `NAME=value` of ENV or LABEL, both as written: quotes and variables are in them. */
export interface KeyValue {
  readonly key: string;
  readonly value: string;
  /** False for the old form `ENV name value`. */
  readonly equals: boolean;
}

export interface ArgDefinition {
  readonly name: string;
  /** As written; undefined for `ARG NAME`. */
  readonly value: string | undefined;
}

interface InstructionBase {
  readonly range: SourceRange;
  /** The instruction as written, continuation lines joined, flags included, heredoc bodies not: what history shows. */
  readonly text: string;
  /** The name as written (`Run`, `FROM`), for the lint of casing. */
  readonly word: string;
}

export interface FromInstruction extends InstructionBase {
  readonly kind: 'from';
  readonly image: string;
  readonly platform: string | undefined;
  /** As written. */
  readonly alias: string | undefined;
}

export interface ArgInstruction extends InstructionBase {
  readonly kind: 'arg';
  readonly args: readonly ArgDefinition[];
}

export interface EnvInstruction extends InstructionBase {
  readonly kind: 'env';
  readonly pairs: readonly KeyValue[];
}

export interface LabelInstruction extends InstructionBase {
  readonly kind: 'label';
  readonly pairs: readonly KeyValue[];
}

export interface RunInstruction extends InstructionBase {
  readonly kind: 'run';
  readonly command: Command;
  /** The values of `--mount`, as written: their variables are known when the command is. */
  readonly mounts: readonly string[];
  readonly network: 'default' | 'none' | 'host';
  readonly security: 'sandbox' | 'insecure';
}

export interface CopyInstruction extends InstructionBase {
  readonly kind: 'copy';
  /** Without the heredocs. */
  readonly sources: readonly string[];
  readonly heredocs: readonly Heredoc[];
  readonly destination: string;
  readonly from: string | undefined;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly link: boolean;
  readonly parents: boolean;
  readonly exclude: readonly string[];
}

export interface AddInstruction extends InstructionBase {
  readonly kind: 'add';
  readonly sources: readonly string[];
  readonly heredocs: readonly Heredoc[];
  readonly destination: string;
  readonly chown: string | undefined;
  readonly chmod: string | undefined;
  readonly link: boolean;
  readonly exclude: readonly string[];
  readonly checksum: string | undefined;
  readonly keepGitDir: boolean;
  /** Undefined where it is not written: local archives are unpacked then, remote ones not. */
  readonly unpack: boolean | undefined;
}

export interface CommandInstruction extends InstructionBase {
  readonly kind: 'cmd' | 'entrypoint';
  readonly command: Command;
}

export interface ShellInstruction extends InstructionBase {
  readonly kind: 'shell';
  readonly shell: readonly string[];
}

export interface HealthcheckInstruction extends InstructionBase {
  readonly kind: 'healthcheck';
  /** Undefined for NONE. */
  readonly command: Command | undefined;
  /** Nanoseconds; 0 or absent inherits. */
  readonly interval: number | undefined;
  readonly timeout: number | undefined;
  readonly startPeriod: number | undefined;
  readonly startInterval: number | undefined;
  readonly retries: number | undefined;
}

/** EXPOSE and VOLUME: words as written. */
export interface ListInstruction extends InstructionBase {
  readonly kind: 'expose' | 'volume';
  readonly words: readonly string[];
}

/** USER, WORKDIR, STOPSIGNAL, MAINTAINER: one value as written. */
export interface ValueInstruction extends InstructionBase {
  readonly kind: 'user' | 'workdir' | 'stopsignal' | 'maintainer';
  readonly value: string;
}

export interface OnbuildInstruction extends InstructionBase {
  readonly kind: 'onbuild';
  /** The instruction as it goes into the config. */
  readonly trigger: string;
}

/** What may stand below a FROM. */
export type Instruction =
  | ArgInstruction
  | EnvInstruction
  | LabelInstruction
  | RunInstruction
  | CopyInstruction
  | AddInstruction
  | CommandInstruction
  | ShellInstruction
  | HealthcheckInstruction
  | ListInstruction
  | ValueInstruction
  | OnbuildInstruction;

export interface Directives {
  readonly syntax: string | undefined;
  readonly escapeToken: '\\' | '`';
  readonly check: {
    readonly skip: readonly string[];
    readonly error: boolean;
    readonly experimental: readonly string[];
  };
}

export interface StageDefinition {
  readonly from: FromInstruction;
  readonly instructions: readonly Instruction[];
}

/** An instruction's lines. */
export interface DockerfileLine {
  readonly range: SourceRange;
  readonly text: string;
  readonly hasEmptyContinuation: boolean;
  /** Comments right above, without `#`. */
  readonly comments: readonly string[];
}

export interface Dockerfile {
  /** As it is called in messages: `Dockerfile`. */
  readonly file: string;
  readonly directives: Directives;
  /** ARG lines above the first FROM. */
  readonly globalArgs: readonly ArgInstruction[];
  readonly stages: readonly StageDefinition[];
  /** Every line as it stands, for checks of the writing. */
  readonly lines: readonly DockerfileLine[];
}

/** The rules of `docker build --check`, by BuildKit's names (reference, "Build checks"), and two of our own. */

import type { SourceRange } from '../ast.js';

const RULES = {
  StageNameCasing: 'Stage names should be lowercase',
  FromAsCasing: "The 'as' keyword should match the case of the 'from' keyword",
  NoEmptyContinuation: 'Empty continuation lines will become errors in a future release',
  ConsistentInstructionCasing: 'All commands within the Dockerfile should use the same casing (either upper or lower)',
  DuplicateStageName: 'Stage names should be unique',
  ReservedStageName: 'Reserved words should not be used as stage names',
  JSONArgsRecommended:
    'JSON arguments recommended for ENTRYPOINT/CMD to prevent unintended behavior related to OS signals',
  MaintainerDeprecated: 'The MAINTAINER instruction is deprecated, use a label instead to define an image author',
  UndefinedArgInFrom: 'FROM command must use declared ARGs',
  WorkdirRelativePath:
    'Relative workdir without an absolute workdir declared within the build can have unexpected results if the base image changes',
  UndefinedVar: 'Variables should be defined before their use',
  MultipleInstructionsDisallowed: 'Multiple instructions of the same type should not be used in the same stage',
  LegacyKeyValueFormat: 'Legacy key/value format with whitespace separator should not be used',
  InvalidBaseImagePlatform: 'Base image platform does not match expected target platform',
  RedundantTargetPlatform:
    'Setting platform to predefined $TARGETPLATFORM in FROM is redundant as this is the default behavior',
  SecretsUsedInArgOrEnv: 'Sensitive data should not be used in the ARG or ENV commands',
  InvalidDefaultArgInFrom: 'Default value for global ARG results in an empty or invalid base image name',
  FromPlatformFlagConstDisallowed: 'FROM --platform flag should not use a constant value',
  CopyIgnoredFile: 'Attempting to Copy file that is excluded by .dockerignore',
  InvalidDefinitionDescription:
    'Comment for build stage or argument should follow the format: `# <arg/stage name> <description>`. If this is not intended to be a description comment, add an empty line or comment between the instruction and the comment.',
  ExposeProtoCasing: 'Protocol in EXPOSE instruction should be lowercase',
  ExposeInvalidFormat:
    'IP address and host-port mapping should not be used in EXPOSE instruction. This will become an error in a future release',
  RemovedLater: 'Files that an earlier instruction added stay in its layer when a later one removes them',
  CopyTooEarly: 'Dependencies should be installed before files that change more often are copied',
} as const;

export type RuleName = keyof typeof RULES;

/** Rules that Docker has not; they are looked at only when they are asked for. */
const OWN: ReadonlySet<RuleName> = new Set(['RemovedLater', 'CopyTooEarly']);
/** BuildKit has a page for every rule but this. */
const NO_PAGE: ReadonlySet<RuleName> = new Set([...OWN, 'InvalidBaseImagePlatform']);

/** A rule that is looked at only when a directive asks for it. */
const EXPERIMENTAL: ReadonlySet<RuleName> = new Set(['InvalidDefinitionDescription', 'CopyIgnoredFile']);

export interface Warning {
  readonly ruleName: RuleName;
  readonly description: string;
  /** The page about the rule; empty where there is none. */
  readonly url: string;
  /** What is questionable here. */
  readonly detail: string;
  readonly location: {
    /** As the Dockerfile is called in messages. */
    readonly file: string;
    readonly ranges: readonly {
      readonly start: { readonly line: number; readonly character: number };
      readonly end: { readonly line: number; readonly character: number };
    }[];
  };
}

export interface CheckSettings {
  readonly skip: readonly string[];
  readonly experimental: readonly string[];
  /** True when the rules of our own are asked for. */
  readonly own: boolean;
}

/** Gathers warnings, but for rules that are skipped. */
export class Warnings {
  readonly found: Warning[] = [];
  readonly #file: string;
  readonly #settings: CheckSettings;

  constructor(file: string, settings: CheckSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  add(ruleName: RuleName, range: SourceRange, detail: string): void {
    if (!this.#isWanted(ruleName)) return;
    const ranges = [{ start: { line: range.start, character: 0 }, end: { line: range.end, character: 0 } }];
    const location = { file: this.#file, ranges };
    this.found.push({ ruleName, description: RULES[ruleName], url: pageOf(ruleName), detail, location });
  }

  #isWanted(ruleName: RuleName): boolean {
    const { skip, experimental, own } = this.#settings;
    if (EXPERIMENTAL.has(ruleName)) return experimental.includes('all') || experimental.includes(ruleName);
    if (OWN.has(ruleName) && !own) return false;
    return !skip.includes('all') && !skip.includes(ruleName);
  }
}

function pageOf(ruleName: RuleName): string {
  if (NO_PAGE.has(ruleName)) return '';
  const path = ruleName.replace(/(?<=[a-z])[A-Z]|(?<=[A-Z])[A-Z](?=[a-z])/g, '-$&').toLowerCase();
  return `https://docs.docker.com/go/dockerfile/rule/${path}/`;
}

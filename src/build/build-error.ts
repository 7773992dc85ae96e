/** A step that failed: where it stands, what it ran, and what it said last. */

import { StratumError } from '../base/error.js';
import type { SourceRange } from '../dockerfile/ast.js';

export interface FailedStep {
  readonly file: string;
  readonly range: SourceRange;
  /** The step as progress shows it. */
  readonly title: string;
  readonly exitCode?: number | undefined;
  /** The last lines that it wrote. */
  readonly output?: string | undefined;
  readonly cause?: unknown;
}

export class BuildError extends StratumError {
  readonly dockerfile: string;
  readonly range: SourceRange;
  readonly title: string;
  readonly exitCode: number | undefined;
  readonly output: string | undefined;

  constructor(what: string, step: FailedStep) {
    super('BUILD_FAILED', `${step.file}:${step.range.start}: ${what}`, { cause: step.cause });
    this.dockerfile = step.file;
    this.range = step.range;
    this.title = step.title;
    this.exitCode = step.exitCode;
    this.output = step.output;
  }
}

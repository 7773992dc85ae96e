/** What is wrong with a Dockerfile, and where. */

import { StratumError } from '../base/error.js';

export interface DockerfilePlace {
  /** As the Dockerfile is called in messages. */
  readonly file: string;
  /** From 1; undefined for what lies in no line. */
  readonly line?: number | undefined;
}

/** The message begins with `Dockerfile:3: `, so that editors find the place. */
export class DockerfileError extends StratumError {
  readonly dockerfile: string;
  readonly line: number | undefined;
  /** The message without the place. */
  readonly reason: string;

  constructor(reason: string, place: DockerfilePlace, cause?: unknown) {
    const where = place.line === undefined ? place.file : `${place.file}:${place.line}`;
    super('DOCKERFILE_INVALID', `${where}: ${reason}`, cause === undefined ? {} : { cause });
    this.dockerfile = place.file;
    this.line = place.line;
    this.reason = reason;
  }
}

/** Says at which line something went wrong, unless it is known already; what is no StratumError is not ours to tell. */
export function locate(error: unknown, file: string, line: number): unknown {
  if (error instanceof DockerfileError) {
    return error.line === undefined ? new DockerfileError(error.reason, { file, line }, error.cause) : error;
  }
  return error instanceof StratumError ? new DockerfileError(error.message, { file, line }, error) : error;
}

/** An error whose line the caller knows. */
export function invalid(reason: string): StratumError {
  return new StratumError('DOCKERFILE_INVALID', reason);
}

/** What a registry answers when it does not do what it was asked: a code of the specification, and a status. */

import { isStratumError, StratumError } from '../../base/error.js';
import type { JsonValue } from '../../base/json.js';
import { formatErrorBody, isRegistryErrorCode, type RegistryErrorCode, statusOf } from '../protocol/errors.js';

export interface RefusalOptions {
  /** Where the code alone does not say it. */
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly detail?: JsonValue;
}

/** An error that knows its answer. */
export class Refusal extends StratumError {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly detail: JsonValue | undefined;

  constructor(code: RegistryErrorCode, what: string, options: RefusalOptions = {}) {
    super(code, what);
    this.status = options.status ?? statusOf(code);
    this.headers = options.headers ?? {};
    this.detail = options.detail;
  }
}

/** The answer to any error. What no caller is to blame for is a 500, which does not say what it was. */
export function refusalResponse(error: unknown): Response {
  if (error instanceof Refusal) return errorResponse(error.status, error.code, error);
  if (isStratumError(error, 'JSON_INVALID')) return errorResponse(400, 'MANIFEST_INVALID', error);
  if (isStratumError(error) && isRegistryErrorCode(error.code)) {
    return errorResponse(statusOf(error.code), error.code, error);
  }
  return errorResponse(500, 'UNKNOWN', { what: 'the registry failed' });
}

/** True for errors that are answers; all others are the registry's own. */
export function isAnswer(error: unknown): boolean {
  return isStratumError(error) && (error.code === 'JSON_INVALID' || isRegistryErrorCode(error.code));
}

interface Told {
  readonly what: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly detail?: JsonValue | undefined;
}

function errorResponse(status: number, code: string, { what, headers, detail }: Told): Response {
  const body = formatErrorBody([{ code, message: what, ...(detail !== undefined && { detail }) }]);
  return new Response(body as Uint8Array<ArrayBuffer>, {
    status,
    headers: { 'content-type': 'application/json', 'content-length': String(body.length), ...headers },
  });
}

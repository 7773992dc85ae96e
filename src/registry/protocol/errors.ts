/** Errors as registries tell them: a status, and a JSON body of codes (distribution-spec, "Error Codes"). */

import { type ErrorCode, StratumError } from '../../base/error.js';
import { canonicalJson, isJsonObject, type JsonValue, parseJson } from '../../base/json.js';

export type RegistryErrorCode = Extract<
  ErrorCode,
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'DIGEST_INVALID'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'SIZE_INVALID'
  | 'UNAUTHORIZED'
  | 'DENIED'
  | 'UNSUPPORTED'
  | 'TOOMANYREQUESTS'
>;

/** The status of an answer that begins with a code. */
const STATUS: Readonly<Record<RegistryErrorCode, number>> = {
  BLOB_UNKNOWN: 404,
  BLOB_UPLOAD_INVALID: 400,
  BLOB_UPLOAD_UNKNOWN: 404,
  DIGEST_INVALID: 400,
  MANIFEST_BLOB_UNKNOWN: 404,
  MANIFEST_INVALID: 400,
  MANIFEST_UNKNOWN: 404,
  NAME_INVALID: 400,
  NAME_UNKNOWN: 404,
  SIZE_INVALID: 400,
  UNAUTHORIZED: 401,
  DENIED: 403,
  UNSUPPORTED: 405,
  TOOMANYREQUESTS: 429,
};

/** One error of a body. */
export interface TransmittedError {
  readonly code: string;
  readonly message: string;
  readonly detail?: JsonValue;
}

export function isRegistryErrorCode(code: string): code is RegistryErrorCode {
  return Object.hasOwn(STATUS, code);
}

export function statusOf(code: RegistryErrorCode): number {
  return STATUS[code];
}

export function formatErrorBody(errors: readonly TransmittedError[]): Uint8Array {
  return canonicalJson({ errors });
}

/** The errors of a body; empty for whatever else a server or a proxy before it may say. */
export function parseErrorBody(bytes: Uint8Array): readonly TransmittedError[] {
  const body = jsonOf(bytes);
  if (!isJsonObject(body) || !Array.isArray(body['errors'])) return [];
  return (body['errors'] as readonly JsonValue[]).flatMap((each): TransmittedError[] => {
    if (!isJsonObject(each) || typeof each['code'] !== 'string') return [];
    const { code, message, detail } = each;
    const text = typeof message === 'string' ? message : code.toLowerCase();
    return [{ code, message: text, ...(detail === undefined ? {} : { detail }) }];
  });
}

function jsonOf(bytes: Uint8Array): JsonValue | undefined {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof StratumError) return undefined;
    throw error;
  }
}

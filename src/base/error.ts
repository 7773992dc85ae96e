/** The one typed error outside the file-system face: a stable code, what it is about, and its cause. */

/** Codes of the OCI distribution spec (section "Error Codes") where it has one, ours elsewhere. */
export type ErrorCode =
  | 'ABORTED'
  | 'ARCHIVE_INVALID'
  | 'BLOB_UNKNOWN'
  | 'BLOB_UPLOAD_INVALID'
  | 'BLOB_UPLOAD_UNKNOWN'
  | 'BUILD_FAILED'
  | 'CONFIG_INVALID'
  | 'CONFLICT'
  | 'CONTAINER_UNKNOWN'
  | 'DENIED'
  | 'DIFFID_MISMATCH'
  | 'DIGEST_INVALID'
  | 'DOCKERFILE_INVALID'
  | 'IMAGE_UNKNOWN'
  | 'INDEX_INVALID'
  | 'JSON_INVALID'
  | 'LAYER_INVALID'
  | 'LIMIT_EXCEEDED'
  | 'MANIFEST_BLOB_UNKNOWN'
  | 'MANIFEST_INVALID'
  | 'MANIFEST_UNKNOWN'
  | 'NAME_INVALID'
  | 'NAME_UNKNOWN'
  | 'PATH_INVALID'
  | 'PLATFORM_UNKNOWN'
  | 'RANGE_INVALID'
  | 'REGISTRY_INVALID'
  | 'REGISTRY_UNREACHABLE'
  | 'RUNTIME_FAILED'
  | 'SIZE_INVALID'
  | 'STORE_INVALID'
  | 'TAR_INVALID'
  | 'TOOMANYREQUESTS'
  | 'UNAUTHORIZED'
  | 'UNSUPPORTED'
  | 'USAGE'
  | 'VOLUME_UNKNOWN';

/** Where an error lies. Every field that is known is given; none is guessed. */
export interface ErrorPlace {
  /** File, archive or layout that was read. */
  readonly file?: string;
  /** Digest of the blob. */
  readonly digest?: string;
  /** Path of the entry inside a layer or archive. */
  readonly entry?: string;
  /** Byte offset in the stream. */
  readonly offset?: number;
}

export interface StratumErrorOptions extends ErrorPlace {
  readonly cause?: unknown;
}

/** An error of the store, an image, a layer or an archive. Compare `code`, never the text. */
export class StratumError extends Error {
  override readonly name = 'StratumError';
  readonly code: ErrorCode;
  /** The message without the place. */
  readonly what: string;
  readonly file: string | undefined;
  readonly digest: string | undefined;
  readonly entry: string | undefined;
  readonly offset: number | undefined;

  constructor(code: ErrorCode, what: string, options: StratumErrorOptions = {}) {
    super(`${what}${placeSuffix(options)}`, 'cause' in options ? { cause: options.cause } : undefined);
    this.code = code;
    this.what = what;
    this.file = options.file;
    this.digest = options.digest;
    this.entry = options.entry;
    this.offset = options.offset;
  }
}

/** True for a StratumError, of the given code if one is given. */
export function isStratumError(error: unknown, code?: ErrorCode): error is StratumError {
  return error instanceof StratumError && (code === undefined || error.code === code);
}

/** The error with its place completed by what a caller knows; what the error says itself stays. */
export function placed(error: StratumError, place: ErrorPlace): StratumError {
  const file = error.file ?? place.file;
  const digest = error.digest ?? place.digest;
  const entry = error.entry ?? place.entry;
  const offset = error.offset ?? place.offset;
  if (file === error.file && digest === error.digest && entry === error.entry && offset === error.offset) return error;
  return new StratumError(error.code, error.what, {
    ...(file !== undefined && { file }),
    ...(digest !== undefined && { digest }),
    ...(entry !== undefined && { entry }),
    ...(offset !== undefined && { offset }),
    cause: error.cause ?? error,
  });
}

function placeSuffix(place: ErrorPlace): string {
  const parts: string[] = [];
  if (place.file !== undefined) parts.push(`file ${place.file}`);
  if (place.digest !== undefined) parts.push(place.digest);
  if (place.entry !== undefined) parts.push(`entry ${JSON.stringify(place.entry)}`);
  if (place.offset !== undefined) parts.push(`offset ${place.offset}`);
  return parts.length === 0 ? '' : ` (${parts.join(', ')})`;
}

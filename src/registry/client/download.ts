/** Blobs out of a repository: verified as they pass, and taken up again where a connection was cut. */

import { StratumError } from '../../base/error.js';
import type { ByteStream } from '../../base/stream.js';
import type { BlobInfo } from '../../blob/store.js';
import { verified } from '../../blob/verify.js';
import type { Digest } from '../../digest/digest.js';
import { formatRange, parseContentRange } from '../protocol/ranges.js';
import { deleteScope, pathOf, pullScope, type RepositoryAccess, subjectOf } from './access.js';
import { invalidAnswer } from './answer-error.js';
import type { CallOptions, CallSubject, RegistryAnswer, RegistryCall } from './call.js';
import { declaredSize, lost } from './connection.js';
import { foreignAnswer } from './foreign.js';
import { TransferError } from './transfer.js';

/** A blob that is asked for: a descriptor is one. */
export interface WantedBlob {
  readonly digest: Digest;
  /** Bytes. */
  readonly size?: number;
  /** Where else it may be; read from there only where the client was told to follow. */
  readonly urls?: readonly string[];
}

export interface ReadBlobOptions extends CallOptions {
  /** From this byte on; only a blob that is read whole is verified. */
  readonly offset?: number;
  readonly length?: number;
}

/** Who gets so much between two cuts gets on: the count of failures begins anew. */
const PROGRESS_BYTES = 64 * 1024;

export async function statBlob(
  access: RepositoryAccess,
  digest: Digest,
  options: CallOptions,
): Promise<BlobInfo | undefined> {
  const call = blobCall(access, digest, options);
  const answer = await access.connection.send({ ...call, method: 'HEAD', expect: [200, 404, 400, 405, 501] });
  await answer.discard();
  if (answer.status === 404) return undefined;
  const size = answer.status === 200 ? declaredSize(answer) : undefined;
  return size === undefined ? statByGet(access, digest, options) : { digest, size };
}

/** For servers that know no HEAD, or do not tell the size: the first byte says what there is of it. */
async function statByGet(
  access: RepositoryAccess,
  digest: Digest,
  options: CallOptions,
): Promise<BlobInfo | undefined> {
  const call = blobCall(access, digest, options);
  const answer = await access.connection.send({
    ...call,
    headers: { range: formatRange({ start: 0, end: 0 }) },
    expect: [200, 206, 404],
  });
  await answer.discard();
  if (answer.status === 404) return undefined;
  const size = answer.status === 206 ? parseContentRange(answer.header('content-range'))?.size : declaredSize(answer);
  if (size === undefined) throw invalidAnswer(call.about, 'the registry does not tell the size of a blob');
  return { digest, size };
}

export async function removeBlob(access: RepositoryAccess, digest: Digest, options: CallOptions): Promise<void> {
  const answer = await access.connection.send({
    ...blobCall(access, digest, options),
    method: 'DELETE',
    scopes: [deleteScope(access)],
    expect: [202, 200, 204],
    again: 'refused',
  });
  await answer.discard();
}

/** A whole blob, verified; or a part of it. */
export async function* readBlob(access: RepositoryAccess, wanted: WantedBlob, options: ReadBlobOptions): ByteStream {
  const release = await access.reads.take(options.signal);
  try {
    const isWhole = (options.offset ?? 0) === 0 && options.length === undefined;
    const about = blobSubject(access, wanted.digest);
    if (!isWhole) yield* resumed(access, wanted, options);
    else yield* verified(resumed(access, wanted, options), wanted, { file: about.name });
  } finally {
    release();
  }
}

/** The bytes that are wanted, over as many connections as it takes. */
async function* resumed(access: RepositoryAccess, wanted: WantedBlob, options: ReadBlobOptions): ByteStream {
  const about = blobSubject(access, wanted.digest);
  const reading = new Reading(wanted, options, about);
  let failures = 0;
  while (!reading.isNothing) {
    const from = reading.at;
    const answer = await openAt(access, wanted, reading, options);
    let cut: TransferError | undefined;
    try {
      yield* reading.take(answer);
    } catch (error) {
      if (!(error instanceof TransferError)) {
        await answer.discard();
        throw error;
      }
      cut = error;
    }
    if (cut === undefined ? reading.isDone : reading.isWhole) return;
    failures = reading.at - from >= PROGRESS_BYTES ? 1 : failures + 1;
    if (!(await access.connection.mayTryAgain(failures, options.signal))) {
      throw cut === undefined ? reading.tooShort() : lost(cut, about);
    }
  }
}

/** Where the reading of a blob stands. */
class Reading {
  /** The next byte that is wanted. */
  at: number;
  readonly #start: number;
  readonly #size: number | undefined;
  readonly #about: CallSubject;
  /** Behind the last byte that is wanted; unknown until a size is. */
  #end: number | undefined;

  constructor({ size }: WantedBlob, { offset = 0, length }: ReadBlobOptions, about: CallSubject) {
    this.at = offset;
    this.#start = offset;
    this.#size = size;
    this.#about = about;
    const end = length === undefined ? undefined : offset + length;
    this.#end = size === undefined || end === undefined ? (end ?? size) : Math.min(end, size);
  }

  /** True at the end of an answer that need not go on. */
  get isDone(): boolean {
    return this.#end === undefined || this.at >= this.#end;
  }

  /** True when all has come, however the connection ended behind it. */
  get isWhole(): boolean {
    return this.#end !== undefined && this.at >= this.#end;
  }

  /** True when no byte is wanted: a range of none cannot be asked for. */
  get isNothing(): boolean {
    return this.#isPart && this.isWhole;
  }

  /** The header for what is left; `undefined` for all of it. */
  get range(): string | undefined {
    const isCut = this.#end !== undefined && this.#end !== this.#size && this.#end > this.at;
    if (this.at === 0 && !isCut) return undefined;
    return formatRange({ start: this.at, ...(isCut && this.#end !== undefined ? { end: this.#end - 1 } : {}) });
  }

  /** What of an answer is wanted: those that ignore ranges send it all. */
  async *take(answer: RegistryAnswer): ByteStream {
    let skip = this.at - this.#beginning(answer);
    for await (const chunk of answer.body) {
      if (this.isNothing) return;
      const rest = skip >= chunk.length ? undefined : chunk.subarray(skip);
      skip = Math.max(0, skip - chunk.length);
      if (rest === undefined) continue;
      const wanted = this.#isPart ? rest.subarray(0, (this.#end ?? Number.POSITIVE_INFINITY) - this.at) : rest;
      this.at += wanted.length;
      if (wanted.length > 0) yield wanted;
    }
  }

  tooShort(): StratumError {
    return this.#error(`content of ${this.at} bytes, expected ${this.#end}`);
  }

  get #isPart(): boolean {
    return this.#start > 0 || this.#end !== this.#size;
  }

  /** The offset of the first byte of an answer, once what it says of itself agrees with what is known. */
  #beginning(answer: RegistryAnswer): number {
    const declared = declaredSize(answer);
    if (answer.status === 200) {
      this.#checkSize(declared);
      return 0;
    }
    const range = parseContentRange(answer.header('content-range'));
    if (range === undefined || range.start !== this.at) {
      const told = answer.header('content-range')?.slice(0, 100);
      throw invalidAnswer(this.#about, `bytes from ${this.at} on were asked for, and the answer has ${told}`);
    }
    this.#checkSize(range.size);
    return this.at;
  }

  #checkSize(size: number | undefined): void {
    if (size === undefined) return;
    if (this.#size !== undefined && size !== this.#size) {
      throw this.#error(`content of ${size} bytes, expected ${this.#size}`);
    }
    this.#end ??= size;
  }

  #error(what: string): StratumError {
    const { name, digest } = this.#about;
    return new StratumError('SIZE_INVALID', `${name}: ${what}`, digest === undefined ? {} : { digest });
  }
}

async function openAt(
  access: RepositoryAccess,
  wanted: WantedBlob,
  reading: Reading,
  options: ReadBlobOptions,
): Promise<RegistryAnswer> {
  const { range } = reading;
  const call = {
    ...blobCall(access, wanted.digest, options),
    headers: range === undefined ? {} : { range },
    expect: [200, 206, 404, 416],
  };
  const answer = await access.connection.send(call);
  if (answer.status === 416) {
    await answer.discard();
    throw new StratumError('SIZE_INVALID', `${call.about.name}: the registry has no bytes from ${reading.at} on`, {
      digest: wanted.digest,
    });
  }
  return answer.status === 404 ? foreignAnswer(access, wanted, call, answer) : answer;
}

function blobCall(access: RepositoryAccess, digest: Digest, options: CallOptions): RegistryCall {
  return {
    ...(options.signal === undefined ? {} : { signal: options.signal }),
    method: 'GET',
    target: pathOf(access, `blobs/${digest}`),
    scopes: [pullScope(access)],
    expect: [200],
    again: 'always',
    isVerified: true,
    about: blobSubject(access, digest),
  };
}

function blobSubject(access: RepositoryAccess, digest: Digest): CallSubject {
  return subjectOf(access, 'BLOB_UNKNOWN', { digest });
}

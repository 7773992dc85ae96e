/** An upload as the registry knows it: a location that changes with every answer, and what was received. */

import type { Digest } from '../../digest/digest.js';
import { parseUploadSpan } from '../protocol/ranges.js';
import { pathOf, pushScope, type RepositoryAccess, subjectOf } from './access.js';
import { invalidAnswer } from './answer-error.js';
import type { CallOptions, CallSubject, RegistryAnswer, RegistryCall } from './call.js';
import { resolveLocation } from './redirect.js';
import { repositoryScope } from './scope.js';
import type { HttpBody } from './transport.js';

export class UploadSession {
  /** Whether the registry wants chunks, of at least so many bytes. */
  readonly chunkMinBytes: number | undefined;
  readonly #access: RepositoryAccess;
  readonly #about: CallSubject;
  readonly #options: CallOptions;
  #location: string;

  private constructor(access: RepositoryAccess, about: CallSubject, options: CallOptions, answer: RegistryAnswer) {
    this.#access = access;
    this.#about = about;
    this.#options = options;
    this.#location = locationOf(answer, about);
    const min = answer.header('oci-chunk-min-length');
    this.chunkMinBytes = min !== undefined && /^\d{1,15}$/.test(min) ? Number(min) : undefined;
  }

  /**
   * Begins one; or mounts the blob from another repository, where the registry agrees (distribution-spec, "Mounting a blob
   * from another repository"). Nothing harmful is left of one that is begun twice.
   */
  static async start(
    access: RepositoryAccess,
    digest: Digest,
    options: CallOptions,
    mountFrom?: string,
  ): Promise<UploadSession | 'mounted'> {
    const about = subjectOf(access, 'NAME_UNKNOWN', { digest });
    const query = mountFrom === undefined ? '' : `?${new URLSearchParams({ mount: digest, from: mountFrom })}`;
    const answer = await access.connection.send({
      ...call(options, about),
      method: 'POST',
      target: pathOf(access, `blobs/uploads/${query}`),
      scopes: [pushScope(access), ...(mountFrom === undefined ? [] : [repositoryScope(mountFrom, 'pull')])],
      expect: mountFrom === undefined ? [202] : [201, 202],
      again: 'always',
    });
    await answer.discard();
    return answer.status === 201 ? 'mounted' : new UploadSession(access, about, options, answer);
  }

  /** Sends the next bytes. */
  async patch(body: HttpBody, offset: number): Promise<void> {
    const span = `${offset}-${offset + body.size - 1}`;
    const headers = { 'content-type': 'application/octet-stream', 'content-range': span };
    const answer = await this.#send({
      method: 'PATCH',
      target: this.#location,
      headers,
      body,
      expect: [202, 201, 204],
    });
    this.#location = locationOf(answer, this.#about);
    const received = parseUploadSpan(answer.header('range'));
    if (received === undefined || received.end + 1 === offset + body.size) return;
    throw invalidAnswer(this.#about, `${offset + body.size} bytes were sent, and ${received.end + 1} received`);
  }

  /** Ends it, with the last bytes if there are any left. */
  async finish(digest: Digest, body?: HttpBody): Promise<void> {
    const url = new URL(this.#location);
    url.searchParams.set('digest', digest);
    const headers = { 'content-type': 'application/octet-stream' };
    const sent = body === undefined ? {} : { body };
    await this.#send({ method: 'PUT', target: url.href, headers, ...sent, expect: [201, 204] });
  }

  /**
   * How many bytes the registry has; `undefined` when it does not know the upload any more, or does not say. A range of
   * `0-0` may be one byte or none, and is as good as none.
   */
  async received(): Promise<number | undefined> {
    const about = { ...this.#about, unknown: 'BLOB_UPLOAD_UNKNOWN' } as const;
    const answer = await this.#access.connection.send({
      ...call(this.#options, about),
      method: 'GET',
      target: this.#location,
      scopes: [pushScope(this.#access)],
      expect: [204, 200, 202, 400, 404, 405, 416],
      again: 'always',
    });
    await answer.discard();
    if (answer.status >= 300) return undefined;
    if (answer.header('location') !== undefined) this.#location = locationOf(answer, this.#about);
    const span = parseUploadSpan(answer.header('range'));
    return span === undefined || span.start !== 0 || span.end === 0 ? undefined : span.end + 1;
  }

  /** Gives it up; a registry that keeps it for a while does no harm. */
  async cancel(): Promise<void> {
    const answer = await this.#send({ method: 'DELETE', target: this.#location, expect: [204, 200, 202, 404, 405] });
    await answer.discard();
  }

  async #send(part: Pick<RegistryCall, 'method' | 'target' | 'headers' | 'body' | 'expect'>): Promise<RegistryAnswer> {
    const answer = await this.#access.connection.send({
      ...call(this.#options, { ...this.#about, unknown: 'BLOB_UPLOAD_UNKNOWN' }),
      ...part,
      scopes: [pushScope(this.#access)],
      again: 'refused',
    });
    await answer.discard();
    return answer;
  }
}

function call({ signal }: CallOptions, about: CallSubject): Pick<RegistryCall, 'about' | 'signal'> {
  return { about, ...(signal === undefined ? {} : { signal }) };
}

/** With its query, which is the server's own. */
function locationOf(answer: RegistryAnswer, about: CallSubject): string {
  const url = resolveLocation(answer.header('location'), answer.url);
  if (url !== undefined) return url.href;
  throw invalidAnswer(about, 'the registry does not tell where an upload goes on');
}

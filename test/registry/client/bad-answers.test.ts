/** Servers that lie, cut, loop and never end: each gets an error of its own kind, and nobody hangs. */

import { describe, expect, test } from 'vitest';
import { collectBytes } from '../../../src/base/stream.js';
import { MemoryBlobs } from '../../../src/blob/memory.js';
import { digestOf } from '../../../src/digest/hasher.js';
import { MANIFEST_LIMIT_BYTES } from '../../../src/image/manifest.js';
import { OCI_INDEX, OCI_MANIFEST } from '../../../src/image/media-type.js';
import { MemoryCredentials } from '../../../src/registry/client/credentials.js';
import type { RegistryClientOptions } from '../../../src/registry/client/settings.js';
import {
  ABSENT,
  type Answer,
  bytes,
  cut,
  endless,
  json,
  OTHER,
  REGISTRY,
  refused,
  type Scripted,
  scripted,
  whole,
} from './scripted.js';

const CONTENT = bytes('what was meant to come');
const DIGEST = digestOf(CONTENT);
const BLOB = { digest: DIGEST, size: CONTENT.length };
const MANIFEST = {
  schemaVersion: 2,
  mediaType: OCI_MANIFEST,
  config: { mediaType: 'application/vnd.oci.empty.v1+json', digest: ABSENT, size: 2 },
  layers: [],
};
const manifestBytes = bytes(JSON.stringify(MANIFEST));
const manifestDigest = digestOf(manifestBytes);
const manifestAnswer = (headers: Record<string, string> = {}, body: BodyInit = manifestBytes): Response =>
  new Response(body, { headers: { 'content-type': OCI_MANIFEST, ...headers } });

interface Case {
  readonly name: string;
  readonly answer: Answer;
  readonly act: (scripted: Scripted) => Promise<unknown>;
  readonly code: string;
  readonly message?: RegExp;
  /** Requests that are sent at most. */
  readonly most?: number;
  readonly options?: RegistryClientOptions;
}

const readBlob = ({ repository }: Scripted): Promise<unknown> => collectBytes(repository.blob(BLOB));
const readTag = ({ repository }: Scripted): Promise<unknown> => repository.manifest('v1');
const readDigest = ({ repository }: Scripted): Promise<unknown> => repository.manifest(manifestDigest);
const readTags = async ({ repository }: Scripted): Promise<unknown> => {
  const tags: string[] = [];
  for await (const tag of repository.tags()) tags.push(tag);
  return tags;
};
const putBlob = ({ repository }: Scripted): Promise<unknown> => repository.putBlob(BLOB, () => CONTENT);
const login: RegistryClientOptions = {
  credentials: new MemoryCredentials({ [REGISTRY]: { username: 'alice', password: 's3cret' } }),
};
const bearer = { 'www-authenticate': 'Bearer realm="https://auth.test/token",service="registry.test"' };

const CASES: readonly Case[] = [
  {
    name: 'a blob of other bytes',
    answer: () => new Response(bytes('what was meant to cone')),
    act: readBlob,
    code: 'DIGEST_INVALID',
    message: /content has the digest sha256:/,
  },
  {
    name: 'a blob that is longer',
    answer: () => new Response(whole(CONTENT, bytes('!'))),
    act: readBlob,
    code: 'SIZE_INVALID',
    most: 1,
  },
  {
    name: 'a blob that says it is longer',
    answer: () => new Response(bytes('what was meant to come, and more')),
    act: readBlob,
    code: 'SIZE_INVALID',
    most: 1,
  },
  {
    name: 'a blob that is shorter',
    answer: () => new Response(whole(CONTENT.subarray(0, 5))),
    act: readBlob,
    code: 'SIZE_INVALID',
  },
  {
    name: 'a blob that says it is shorter',
    answer: () => new Response(CONTENT.subarray(0, 5), { headers: { 'content-length': '5' } }),
    act: readBlob,
    code: 'SIZE_INVALID',
    most: 1,
  },
  {
    name: 'a blob without an end',
    answer: () => new Response(endless().body),
    act: readBlob,
    code: 'SIZE_INVALID',
    most: 1,
  },
  {
    name: 'a connection that is always cut',
    answer: () => new Response(cut(CONTENT.subarray(0, 1))),
    act: readBlob,
    code: 'REGISTRY_UNREACHABLE',
    most: 5,
  },
  {
    name: 'a rest that begins elsewhere',
    answer: (_, number) =>
      number === 1
        ? new Response(cut(CONTENT.subarray(0, 5)))
        : new Response(CONTENT.subarray(6), { status: 206, headers: { 'content-range': 'bytes 6-21/22' } }),
    act: readBlob,
    code: 'REGISTRY_INVALID',
    message: /bytes from 5 on were asked for, and the answer has bytes 6-21/,
  },
  {
    name: 'a rest that is none',
    answer: (_, number) =>
      number === 1
        ? new Response(cut(CONTENT.subarray(0, 5)))
        : new Response('short', { status: 416, headers: { 'content-length': '100000' } }),
    act: readBlob,
    code: 'SIZE_INVALID',
    message: /no bytes from 5 on/,
  },
  {
    name: 'a rest of another size',
    answer: (_, number) =>
      number === 1
        ? new Response(cut(CONTENT.subarray(0, 5)))
        : new Response(CONTENT.subarray(5), { status: 206, headers: { 'content-range': 'bytes 5-22/23' } }),
    act: readBlob,
    code: 'SIZE_INVALID',
  },
  {
    name: 'a manifest of other bytes',
    answer: () => manifestAnswer({}, `${JSON.stringify(MANIFEST)} `),
    act: readDigest,
    code: 'DIGEST_INVALID',
  },
  {
    name: 'a digest header that lies of a tag',
    answer: () => manifestAnswer({ 'docker-content-digest': OTHER }),
    act: readTag,
    code: 'DIGEST_INVALID',
    most: 1,
  },
  {
    name: 'a digest header that lies of what was pushed',
    answer: () => new Response(null, { status: 201, headers: { 'docker-content-digest': OTHER } }),
    act: ({ repository }) => repository.putManifest('v1', manifestBytes, OCI_MANIFEST),
    code: 'REGISTRY_INVALID',
    message: /the registry stored it as sha256:0000/,
  },
  {
    name: 'a manifest without an end',
    answer: () => manifestAnswer({}, endless().body as unknown as BodyInit),
    act: readTag,
    code: 'LIMIT_EXCEEDED',
    most: 1,
  },
  {
    name: 'a manifest that says it has a gigabyte',
    answer: () => manifestAnswer({ 'content-length': '1000000000' }, endless().body as unknown as BodyInit),
    act: readTag,
    code: 'LIMIT_EXCEEDED',
    most: 1,
  },
  {
    name: `a descriptor of a manifest of more than ${MANIFEST_LIMIT_BYTES} bytes`,
    answer: () => manifestAnswer(),
    act: ({ repository }) =>
      repository.manifest({ mediaType: OCI_MANIFEST, digest: manifestDigest, size: MANIFEST_LIMIT_BYTES + 1 }),
    code: 'LIMIT_EXCEEDED',
    most: 0,
  },
  {
    name: 'a manifest of another size than its descriptor',
    answer: () => manifestAnswer(),
    act: ({ repository }) =>
      repository.manifest({ mediaType: OCI_MANIFEST, digest: manifestDigest, size: manifestBytes.length + 1 }),
    code: 'SIZE_INVALID',
  },
  {
    name: 'a manifest that is an index at once',
    answer: () => manifestAnswer({}, JSON.stringify({ ...MANIFEST, manifests: [] })),
    act: readTag,
    code: 'MANIFEST_INVALID',
    message: /a manifest and an index at once/,
  },
  {
    name: 'a manifest that is said to be an index',
    answer: () => manifestAnswer({ 'content-type': OCI_INDEX }),
    act: readTag,
    code: 'MANIFEST_INVALID',
  },
  {
    name: 'a manifest that is a page',
    answer: () => new Response('<html>', { headers: { 'content-type': 'text/html' } }),
    act: readTag,
    code: 'JSON_INVALID',
  },
  {
    name: 'a manifest that is always cut',
    answer: () => manifestAnswer({}, cut(manifestBytes.subarray(0, 9)) as unknown as BodyInit),
    act: readTag,
    code: 'REGISTRY_UNREACHABLE',
    most: 5,
  },
  {
    name: 'a 401 for ever, to nobody',
    answer: () => refused(401, 'UNAUTHORIZED', 'authentication required'),
    act: readTag,
    code: 'UNAUTHORIZED',
    message: /unauthorized: authentication required \(status 401\)/,
    most: 1,
  },
  {
    name: 'a 401 for ever, to a password',
    answer: () => refused(401, 'UNAUTHORIZED', 'no', { 'www-authenticate': 'Basic realm="x"' }),
    act: readTag,
    code: 'UNAUTHORIZED',
    options: login,
    most: 2,
  },
  {
    name: 'a 401 for ever, to every token',
    answer: ({ url }, number) =>
      url.host === 'auth.test' ? json({ token: `token-${number}` }) : refused(401, 'UNAUTHORIZED', 'no', bearer),
    act: readTag,
    code: 'UNAUTHORIZED',
    most: 5,
  },
  {
    name: 'a 401 for ever, to the same token',
    answer: ({ url }) =>
      url.host === 'auth.test' ? json({ token: 'always' }) : refused(401, 'UNAUTHORIZED', 'no', bearer),
    act: readTag,
    code: 'UNAUTHORIZED',
    most: 4,
  },
  {
    name: 'a challenge without a realm',
    answer: () => refused(401, 'UNAUTHORIZED', 'no', { 'www-authenticate': 'Bearer service="x"' }),
    act: readTag,
    code: 'REGISTRY_INVALID',
  },
  {
    name: 'a challenge with a realm that is no URL',
    answer: () => refused(401, 'UNAUTHORIZED', 'no', { 'www-authenticate': 'Bearer realm="file:///etc/passwd"' }),
    act: readTag,
    code: 'REGISTRY_INVALID',
    most: 1,
  },
  {
    name: 'a token service that gives none',
    answer: ({ url }) => (url.host === 'auth.test' ? json({}) : refused(401, 'UNAUTHORIZED', 'no', bearer)),
    act: readTag,
    code: 'REGISTRY_INVALID',
    message: /gives no token/,
  },
  {
    name: 'a token that no header can carry',
    answer: ({ url }) =>
      url.host === 'auth.test' ? json({ token: 'a\r\nx: y' }) : refused(401, 'UNAUTHORIZED', 'no', bearer),
    act: readTag,
    code: 'REGISTRY_INVALID',
    message: /no header can carry/,
  },
  {
    name: 'a token without an end',
    answer: ({ url }) =>
      url.host === 'auth.test' ? new Response(endless().body) : refused(401, 'UNAUTHORIZED', 'no', bearer),
    act: readTag,
    code: 'REGISTRY_INVALID',
    message: /more than 262144 bytes/,
  },
  {
    name: 'a token service that refuses',
    answer: ({ url }) =>
      url.host === 'auth.test'
        ? json({ details: 'incorrect username or password' }, { status: 401 })
        : refused(401, 'UNAUTHORIZED', 'no', bearer),
    act: readTag,
    code: 'UNAUTHORIZED',
    message: /unauthorized: incorrect username or password \(status 401 from auth.test\)/,
  },
  {
    name: 'redirects in a circle',
    answer: ({ url }) => new Response(null, { status: 307, headers: { location: url.href } }),
    act: readBlob,
    code: 'REGISTRY_INVALID',
    message: /more than 10 redirects/,
    most: 11,
  },
  {
    name: 'a redirect that leads nowhere',
    answer: () => new Response(null, { status: 307 }),
    act: readBlob,
    code: 'REGISTRY_INVALID',
  },
  {
    name: 'a redirect to no host',
    answer: () => new Response(null, { status: 302, headers: { location: 'file:///etc/passwd' } }),
    act: readBlob,
    code: 'REGISTRY_INVALID',
    most: 1,
  },
  {
    name: 'a redirect of a tag down to http',
    answer: () => new Response(null, { status: 307, headers: { location: 'http://elsewhere.test/' } }),
    act: readTag,
    code: 'REGISTRY_INVALID',
    message: /from https down to http \(elsewhere.test\)/,
    most: 1,
  },
  {
    name: 'pages in a circle',
    answer: ({ url }) =>
      json({ name: 'app', tags: ['a'] }, { headers: { link: `<${url.pathname}?last=a>; rel="next"` } }),
    act: readTags,
    code: 'REGISTRY_INVALID',
    message: /circle/,
    most: 2,
  },
  {
    name: 'pages without an end',
    answer: (_, number) =>
      json({ name: 'app', tags: ['a'] }, { headers: { link: `</v2/app/tags/list?last=${number}>; rel="next"` } }),
    act: readTags,
    code: 'REGISTRY_INVALID',
    message: /more than 1000 pages/,
    most: 1000,
  },
  {
    name: 'a next page on another host',
    answer: () => json({ tags: [] }, { headers: { link: '<https://elsewhere.test/>; rel="next"' } }),
    act: readTags,
    code: 'REGISTRY_INVALID',
    message: /elsewhere \(elsewhere.test\)/,
    most: 1,
  },
  {
    name: 'a list of tags without an end',
    answer: () => new Response(endless(bytes(' '.repeat(100_000))).body),
    act: readTags,
    code: 'LIMIT_EXCEEDED',
    most: 1,
  },
  {
    name: 'a list of tags that is none',
    answer: () => json({ tags: ['a', '../b'] }),
    act: readTags,
    code: 'REGISTRY_INVALID',
  },
  {
    name: 'a list of tags that is a page',
    answer: () => new Response('<html>'),
    act: readTags,
    code: 'REGISTRY_INVALID',
  },
  {
    name: 'referrers that are none',
    answer: () => json({ manifests: [{ digest: 'x' }] }),
    act: ({ repository }) => repository.referrers(DIGEST),
    code: 'REGISTRY_INVALID',
  },
  {
    name: 'an upload without a location',
    answer: ({ method }) => new Response(null, { status: method === 'HEAD' ? 404 : 202 }),
    act: putBlob,
    code: 'REGISTRY_INVALID',
    message: /where an upload goes on/,
  },
  {
    name: 'an upload that is never whole',
    answer: upload(() => refused(400, 'DIGEST_INVALID', 'provided digest did not match')),
    act: putBlob,
    code: 'DIGEST_INVALID',
    most: 3,
  },
  {
    name: 'an error without an end',
    answer: () => new Response(endless(bytes('x'.repeat(1000))).body, { status: 400 }),
    act: readTag,
    code: 'REGISTRY_INVALID',
    most: 1,
  },
  {
    name: 'an error that is a page',
    answer: () => new Response('<html>Not Found</html>', { status: 404 }),
    act: readTag,
    code: 'MANIFEST_UNKNOWN',
    message: /^registry.test\/app:v1: manifest unknown \(status 404\)$/,
  },
  {
    name: 'an error with a code of its own',
    answer: () => refused(404, 'NAME_UNKNOWN', 'repository name not known to registry'),
    act: readTag,
    code: 'NAME_UNKNOWN',
    message: /name unknown: repository name not known to registry/,
  },
  {
    name: 'a status that says nothing',
    answer: () => new Response(null, { status: 299 }),
    act: readTag,
    code: 'REGISTRY_INVALID',
  },
  {
    name: 'a server that always fails',
    answer: () => new Response('oops', { status: 500 }),
    act: readTag,
    code: 'REGISTRY_UNREACHABLE',
    most: 5,
  },
  {
    name: 'a server that wants to be left alone for an hour',
    answer: () => refused(429, 'TOOMANYREQUESTS', 'pull rate limit', { 'retry-after': '3600' }),
    act: readTag,
    code: 'TOOMANYREQUESTS',
    message: /toomanyrequests: pull rate limit/,
    most: 1,
  },
  {
    name: 'a server that is not there',
    answer: () =>
      Promise.reject(new TypeError('fetch failed', { cause: new Error('connect ECONNREFUSED 192.0.2.1:443') })),
    act: readTag,
    code: 'REGISTRY_UNREACHABLE',
    message: /^registry.test\/app:v1: cannot reach registry.test: connect ECONNREFUSED/,
    most: 5,
  },
];

describe('an answer that is bad', () => {
  test.each(CASES)('$name', async ({ answer, act, code, message, most, options }) => {
    const one = scripted(answer, options);
    const error = await act(one).then(
      () => expect.fail('nothing was wrong with it'),
      (cause: unknown) => cause,
    );
    expect(error).toMatchObject({ name: 'StratumError', code });
    if (message !== undefined) expect((error as Error).message).toMatch(message);
    if (most !== undefined) expect(one.seen.length).toBeLessThanOrEqual(most);
    expect(texts(error)).not.toMatch(/s3cret|token-\d|YWxpY2U/);
  });

  test('is in no store: a blob of other bytes leaves nothing behind', async () => {
    const { repository } = scripted(() => new Response(bytes('what was meant to cone')));
    const store = new MemoryBlobs();
    await expect(store.put(repository.blob(BLOB), BLOB)).rejects.toMatchObject({ code: 'DIGEST_INVALID' });
    expect(await store.stat(DIGEST)).toBeUndefined();
  });

  test('without an end is not read for long', async () => {
    const { body, taken } = endless();
    const { repository } = scripted(() => manifestAnswer({}, body as unknown as BodyInit));
    await expect(repository.manifest('v1')).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' });
    expect(taken()).toBeLessThan(MANIFEST_LIMIT_BYTES + 1_000_000);
  });
});

describe('an answer that only looks bad', () => {
  test('a digest header that contradicts the digest that was asked for', async () => {
    const { repository } = scripted(() => manifestAnswer({ 'docker-content-digest': OTHER }));
    expect((await repository.manifest(manifestDigest)).descriptor.digest).toBe(manifestDigest);
  });

  test('a rest by a server that knows no ranges', async () => {
    const { repository } = scripted((_, number) => new Response(number === 1 ? cut(CONTENT.subarray(0, 5)) : CONTENT));
    expect(await collectBytes(repository.blob(BLOB))).toEqual(CONTENT);
  });

  test('a media type with parameters', async () => {
    const { repository } = scripted(() => manifestAnswer({ 'content-type': `${OCI_MANIFEST}; charset=utf-8` }));
    expect((await repository.manifest('v1')).descriptor.mediaType).toBe(OCI_MANIFEST);
  });

  test('a HEAD that is not known, or tells nothing', async () => {
    for (const head of [() => new Response(null, { status: 405 }), () => new Response(null)]) {
      const { repository, seen } = scripted(({ method }) => (method === 'HEAD' ? head() : manifestAnswer()));
      expect(await repository.resolve('v1')).toEqual({
        mediaType: OCI_MANIFEST,
        digest: manifestDigest,
        size: manifestBytes.length,
      });
      expect(seen.map(({ method }) => method)).toEqual(['HEAD', 'GET']);
    }
  });

  test('a list of tags that is null', async () => {
    expect(await readTags(scripted(() => json({ name: 'app', tags: null })))).toEqual([]);
  });
});

/** A registry that lacks the blob and takes uploads, up to the PUT. */
function upload(put: Answer): Answer {
  return (request, number) => {
    if (request.method === 'HEAD') return new Response(null, { status: 404 });
    if (request.method === 'POST') return new Response(null, { status: 202, headers: { location: '/upload?state=1' } });
    return put(request, number);
  };
}

/** Everything that an error says, with its causes. */
function texts(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return `${error.message}\n${error.stack}\n${JSON.stringify(error)}\n${error.cause === undefined ? '' : texts(error.cause)}`;
}

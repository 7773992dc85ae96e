/** A server that has a bad day: too many requests, failures of its own, connections that break. */

import { byteStream, readableStream } from '../../../base/stream.js';
import { formatErrorBody } from '../../protocol/errors.js';
import { firstBytes } from './bodies.js';
import { type Quirk, type QuirkSettings, randomNumbers, rewritten, striking } from './quirk.js';

const EVERY = ['GET', 'HEAD', 'PUT', 'POST', 'PATCH', 'DELETE'];
const API = /^\/v2\/./;

/** Each request is struck or not by chance: by a 429, a 500, a 503, a cut before the answer, or one within it. */
export const flaky: Quirk = (inner, settings) => {
  const random = randomNumbers(settings.seed);
  const striken = striking(EVERY, API, (own) => (_request, pass) => {
    if (random() >= own.rate) return pass();
    const mishap = MISHAPS[Math.floor(random() * MISHAPS.length)] ?? failure;
    return mishap(pass, own, random);
  });
  return striken(inner, settings);
};

/** Always a 429 with `Retry-After`, as often as `times` says. */
export const tooMany: Quirk = striking(EVERY, API, (settings) => async () => tooManyRequests(settings));

/** Always a 500, as often as `times` says. */
export const serverError: Quirk = striking(EVERY, API, () => async () => problem(500));

/** The connection breaks before there is an answer. */
export const cutConnection: Quirk = striking(EVERY, API, () => async () => {
  throw connectionCut();
});

/** What was asked for is done, and then the connection breaks: whoever asked cannot know. */
export const cutAnswer: Quirk = striking(EVERY, API, () => async (_request, pass) => {
  const { body } = await pass();
  await body?.cancel();
  throw connectionCut();
});

type Mishap = (pass: () => Promise<Response>, settings: QuirkSettings, random: () => number) => Promise<Response>;

const failure: Mishap = async () => problem(500);

const MISHAPS: readonly Mishap[] = [
  async (_pass, settings) => tooManyRequests(settings),
  failure,
  async () => problem(503),
  async () => {
    throw connectionCut();
  },
  async (pass, _settings, random) => {
    const answer = await pass();
    const { body } = answer;
    if (body === null) return answer;
    const length = Number(answer.headers.get('content-length') ?? 0);
    const count = Math.floor(random() * length);
    const cut = async function* (): AsyncGenerator<Uint8Array> {
      yield* firstBytes(byteStream(body), count);
      throw connectionCut();
    };
    return rewritten(answer, { body: readableStream(cut()) });
  },
];

function tooManyRequests({ retryAfter }: QuirkSettings): Response {
  return problem(429, 'TOOMANYREQUESTS', { 'retry-after': retryAfter });
}

function problem(status: number, code: string = 'UNKNOWN', headers: Readonly<Record<string, string>> = {}): Response {
  const body = formatErrorBody([{ code, message: 'a bad day' }]) as Uint8Array<ArrayBuffer>;
  return new Response(body, { status, headers: { 'content-type': 'application/json', ...headers } });
}

function connectionCut(): Error {
  return new TypeError('the connection was cut');
}

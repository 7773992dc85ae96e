/** Speaks with one registry: finds how, says who one is, follows, tries again, and turns refusals into errors. */

import { joinBytes, utf8Text } from '../../base/bytes.js';
import { StratumError } from '../../base/error.js';
import { answerError, invalidAnswer, readErrorBody } from './answer-error.js';
import { Authenticator } from './authenticator.js';
import type { CallSubject, RegistryAnswer, RegistryCall } from './call.js';
import { originsOf, wantsHttps } from './endpoint.js';
import { orAborted } from './interrupt.js';
import { isRedirect, REDIRECT_LIMIT, resolveLocation } from './redirect.js';
import { isPassing, parseRetryAfterMs, retryWaitMs } from './retry.js';
import type { ClientSettings } from './settings.js';
import { TransferError, transfer } from './transfer.js';
import type { Warnings } from './warnings.js';

/** A 401 is answered so often for one request: with a token, and with a new one when the first had become old. */
const CHALLENGE_LIMIT = 2;
/** The route that says whether a host is a registry (distribution-spec, "Determining Support"). */
const PING = '/v2/';

export interface ReadAnswer {
  readonly answer: RegistryAnswer;
  readonly bytes: Uint8Array;
}

interface Home {
  readonly origin: string;
  readonly auth: Authenticator;
}

export class Connection {
  readonly registry: string;
  readonly settings: ClientSettings;
  readonly #warnings: Warnings;
  #home: Promise<Home> | undefined;

  constructor(registry: string, settings: ClientSettings, warnings: Warnings) {
    this.registry = registry;
    this.settings = settings;
    this.#warnings = warnings;
  }

  /** Where the registry is, and whether it knows who one is. */
  async known(): Promise<{ readonly origin: string; readonly isKnown: boolean }> {
    const { origin, auth } = await this.#find();
    return { origin, isKnown: auth.isKnown };
  }

  /** Asks; fails unless the answer has one of the statuses that are expected. */
  async send(call: RegistryCall): Promise<RegistryAnswer> {
    const home = await orAborted(this.#find(), call.signal);
    const url = new URL(call.target, home.origin);
    for (let failures = 1; ; failures++) {
      const outcome = await this.#exchange(home, url, call).catch(transferError);
      const isAnswer = !(outcome instanceof TransferError);
      if (isAnswer && !isPassing(outcome.status, call.again)) {
        if (call.expect.includes(outcome.status)) return outcome;
        throw await refusal(home, outcome, call.about);
      }
      const mayRepeat = isAnswer || call.again === 'always';
      const waitMs = mayRepeat ? this.#waitMs(failures, isAnswer ? outcome : undefined) : undefined;
      if (waitMs === undefined) throw isAnswer ? await refusal(home, outcome, call.about) : lost(outcome, call.about);
      if (isAnswer) await outcome.discard();
      await this.wait(waitMs, call.signal);
    }
  }

  /** Asks for something that is read whole; one that is cut short is asked for again. */
  async read(call: RegistryCall, limitBytes: number): Promise<ReadAnswer> {
    for (let failures = 1; ; failures++) {
      const answer = await this.send(call);
      const outcome = await readWhole(answer, limitBytes).catch(transferError);
      if (!(outcome instanceof TransferError)) {
        if (outcome !== undefined) return { answer, bytes: outcome };
        throw new StratumError('LIMIT_EXCEEDED', `${call.about.name}: an answer of more than ${limitBytes} bytes`);
      }
      const waitMs = this.#waitMs(failures);
      if (waitMs === undefined) throw lost(outcome, call.about);
      await this.wait(waitMs, call.signal);
    }
  }

  /** Waits before another try after so many failures; false when there is to be none. */
  async mayTryAgain(failures: number, signal: AbortSignal | undefined): Promise<boolean> {
    const waitMs = this.#waitMs(failures);
    if (waitMs !== undefined) await this.wait(waitMs, signal);
    return waitMs !== undefined;
  }

  async wait(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const signals = [signal, this.settings.signal].filter((each) => each !== undefined);
    const [first = new AbortController().signal] = signals;
    for (const each of signals) each.throwIfAborted();
    await this.settings.retry.sleep(waitMs, signals.length > 1 ? AbortSignal.any(signals) : first);
  }

  /** One try, with whatever redirects and challenges are on its way. */
  async #exchange({ origin, auth }: Home, start: URL, call: RegistryCall): Promise<RegistryAnswer> {
    let url = start;
    let [hops, challenges] = [0, 0];
    for (;;) {
      const isHome = url.origin === origin;
      const authorization = isHome ? await orAborted(auth.authorization(call.scopes), call.signal) : undefined;
      const answer = await transfer(this.settings, {
        method: call.method,
        url,
        headers: { ...call.headers, ...contentLength(call), ...(authorization === undefined ? {} : { authorization }) },
        ...(call.body === undefined ? {} : { body: call.body }),
        signal: call.signal,
      });
      if (isHome) this.#warnings.hear(this.registry, answer.header('warning'));
      if (isHome && answer.status === 401) {
        const body = await readErrorBody(answer);
        const isAgain =
          challenges++ < CHALLENGE_LIMIT &&
          (await orAborted(auth.answer(answer.header('www-authenticate'), call.scopes, authorization), call.signal));
        if (!isAgain) throw answerError(answer, body, call.about, auth.secrets);
      } else if (isRedirect(answer.status, call.method)) {
        await answer.discard();
        if (++hops > REDIRECT_LIMIT) throw invalidAnswer(call.about, `more than ${REDIRECT_LIMIT} redirects`);
        url = followed(answer, call);
      } else return answer;
    }
  }

  #waitMs(failures: number, answer?: RegistryAnswer): number | undefined {
    const { retry, now } = this.settings;
    return retryWaitMs(failures, retry, parseRetryAfterMs(answer?.header('retry-after'), now()));
  }

  /** Settled once, unless it failed. */
  #find(): Promise<Home> {
    this.#home ??= this.#search().catch((error: unknown) => {
      this.#home = undefined;
      throw error;
    });
    return this.#home;
  }

  /** Where there is a choice, whatever answers first in a way that can be understood. */
  async #search(): Promise<Home> {
    const origins = originsOf(this.registry, this.settings);
    const [only] = origins;
    if (only !== undefined && origins.length === 1) return this.#homeAt(only);
    for (let failures = 1; ; failures++) {
      const errors: TransferError[] = [];
      for (const origin of origins) {
        const found = await this.#look(origin).catch(transferError);
        if (found !== undefined && !(found instanceof TransferError)) return found;
        errors.push(found ?? new TransferError(`${origin} wants another scheme`));
      }
      if (await this.mayTryAgain(failures, undefined)) continue;
      const why = [...new Set(errors.map(({ what }) => what))].join('; ');
      throw lost(new TransferError(why, errors[0]?.cause), { name: this.registry });
    }
  }

  async #look(origin: string): Promise<Home | undefined> {
    const url = new URL(PING, origin);
    const answer = await transfer(this.settings, { method: 'GET', url, headers: {}, signal: undefined });
    const body = await readErrorBody(answer);
    return wantsHttps(answer.status, utf8Text(body) ?? '') ? undefined : this.#homeAt(origin);
  }

  #homeAt(origin: string): Home {
    return { origin, auth: new Authenticator(this.settings, this.registry, origin) };
  }
}

/** The error of a connection as a value; every other stays an error. */
function transferError(error: unknown): TransferError {
  if (error instanceof TransferError) return error;
  throw error;
}

/** The error of a connection that is given up. */
export function lost(error: TransferError, { name, digest }: Pick<CallSubject, 'name' | 'digest'>): StratumError {
  const place = digest === undefined ? {} : { digest };
  return new StratumError(error.code, `${name}: ${error.what}`, { ...place, cause: error.cause });
}

async function refusal({ auth }: Home, answer: RegistryAnswer, about: CallSubject): Promise<StratumError> {
  return answerError(answer, await readErrorBody(answer), about, auth.secrets);
}

/** `undefined` for more than the limit. */
async function readWhole(answer: RegistryAnswer, limitBytes: number): Promise<Uint8Array | undefined> {
  const declared = declaredSize(answer);
  if (declared !== undefined && declared > limitBytes) {
    await answer.discard();
    return undefined;
  }
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of answer.body) {
    size += chunk.length;
    if (size > limitBytes) return undefined;
    chunks.push(chunk);
  }
  if (declared === undefined || size >= declared) return joinBytes(chunks, size);
  throw new TransferError(`${size} bytes came of ${declared}`);
}

/** The bytes that an answer says it has; unknown where they were encoded on their way. */
export function declaredSize(answer: RegistryAnswer): number | undefined {
  const text = answer.header('content-length');
  const isEncoded = !/^(?:identity)?$/i.test(answer.header('content-encoding') ?? '');
  return text === undefined || isEncoded || !/^\d{1,15}$/.test(text) ? undefined : Number(text);
}

/** A body has its length; a POST or PUT without one says so. */
function contentLength({ method, body }: RegistryCall): Record<string, string> {
  if (body !== undefined) return { 'content-length': `${body.size}` };
  return method === 'POST' || method === 'PUT' || method === 'PATCH' ? { 'content-length': '0' } : {};
}

/** What is not known by a digest comes over https to its end, if it began so. */
function followed(answer: RegistryAnswer, { about, isVerified }: RegistryCall): URL {
  const url = resolveLocation(answer.header('location'), answer.url);
  if (url === undefined) throw invalidAnswer(about, `a redirect (status ${answer.status}) that leads nowhere`);
  const isDown = new URL(answer.url).protocol === 'https:' && url.protocol === 'http:';
  if (isDown && isVerified !== true) throw invalidAnswer(about, `a redirect from https down to http (${url.host})`);
  return url;
}

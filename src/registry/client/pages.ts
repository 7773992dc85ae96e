/** Lists that come in pages, each of which says where the next one is (distribution-spec, "Listing Tags"; RFC 8288). */

import { StratumError } from '../../base/error.js';
import { type JsonObject, parseJsonObject } from '../../base/json.js';
import { parseNextLink } from '../protocol/link.js';
import { invalidAnswer } from './answer-error.js';
import type { RegistryAnswer, RegistryCall } from './call.js';
import type { Connection } from './connection.js';
import { resolveLocation } from './redirect.js';

/** A registry that knows of no pages sends all tags in one. */
const PAGE_LIMIT_BYTES = 16 * 1024 * 1024;
const PAGE_LIMIT = 1000;

export interface Page {
  readonly answer: RegistryAnswer;
  readonly document: JsonObject;
}

/**
 * The pages from a first one on. Fails with REGISTRY_INVALID when they lead to another host or in a circle, or never end.
 * An answer with another expected status than 200 is given without a document, as the last.
 */
export async function* pages(connection: Connection, call: RegistryCall): AsyncIterable<Page> {
  const seen = new Set<string>();
  let target = call.target;
  for (;;) {
    const { answer, bytes } = await connection.read({ ...call, target }, PAGE_LIMIT_BYTES);
    if (answer.status !== 200) return yield { answer, document: {} };
    yield { answer, document: documentOf(bytes, call) };
    const next = parseNextLink(answer.header('link'));
    if (next === undefined) return;
    seen.add(answer.url);
    target = nextPage(next, answer.url, call);
    if (seen.has(target)) throw invalidAnswer(call.about, 'a list whose pages lead in a circle');
    if (seen.size >= PAGE_LIMIT) throw invalidAnswer(call.about, `a list of more than ${PAGE_LIMIT} pages`);
  }
}

function nextPage(link: string, from: string, call: RegistryCall): string {
  const url = resolveLocation(link, from);
  if (url === undefined) throw invalidAnswer(call.about, 'a list whose next page is nowhere');
  if (url.origin === new URL(from).origin) return url.href;
  throw invalidAnswer(call.about, `a list whose next page is elsewhere (${url.host})`);
}

function documentOf(bytes: Uint8Array, { about }: RegistryCall): JsonObject {
  try {
    return parseJsonObject(bytes, { file: about.name });
  } catch (cause) {
    if (cause instanceof StratumError)
      throw invalidAnswer(about, `an answer that cannot be read: ${cause.what}`, cause);
    throw cause;
  }
}

/** The members of an archive as they pass: a header, then a body to be read before the next one. */

import { joinBytes } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import type { ByteStream } from '../base/stream.js';
import type { TarEntry } from '../tar/entry.js';
import { TarReader } from '../tar/reader.js';

export interface ArchiveMember {
  readonly entry: TarEntry;
  /** Path without `./`; never absolute, never with `..`. */
  readonly path: string;
  /** What is not read is skipped. */
  readonly body: ByteStream;
}

type Event = { readonly entry: TarEntry } | { readonly body: Uint8Array };

/** Reads an archive once, in order. Fails with TAR_INVALID, and with ARCHIVE_INVALID for a path that leads outside. */
export async function* archiveMembers(stream: ByteStream): AsyncGenerator<ArchiveMember, void, undefined> {
  const events = new Lookahead(archiveEvents(stream));
  for (;;) {
    const event = await events.next();
    if (event === undefined) return;
    if (!('entry' in event)) continue;
    yield { entry: event.entry, path: memberPath(event.entry.path), body: bodyOf(events) };
  }
}

/** Reads a body into memory; fails with LIMIT_EXCEEDED. */
export async function smallBody(member: ArchiveMember, limitBytes: number): Promise<Uint8Array> {
  if (member.entry.size > limitBytes) {
    throw new StratumError('LIMIT_EXCEEDED', `more than ${limitBytes} bytes`, { entry: member.path });
  }
  const chunks: Uint8Array[] = [];
  for await (const chunk of member.body) chunks.push(chunk.slice());
  return joinBytes(chunks);
}

/** Resolves a link of an archive to the member it names; fails with ARCHIVE_INVALID when it leads outside. */
export function linkedPath(member: ArchiveMember): string {
  const { entry, path } = member;
  if (entry.type === 'link') return memberPath(entry.linkname);
  const base = path.split('/').slice(0, -1);
  for (const name of entry.linkname.split('/')) {
    if (name === '..') {
      if (base.pop() === undefined) throw outside(path);
    } else if (name !== '' && name !== '.') base.push(name);
  }
  if (entry.linkname.startsWith('/')) throw outside(path);
  return base.join('/');
}

function memberPath(path: string): string {
  const names = path.split('/').filter((name) => name !== '' && name !== '.');
  if (path.startsWith('/') || names.includes('..')) throw outside(path);
  return names.join('/');
}

function outside(path: string): StratumError {
  return new StratumError('ARCHIVE_INVALID', 'entry leads outside the archive', { entry: path });
}

async function* bodyOf(events: Lookahead): ByteStream {
  for (;;) {
    const event = await events.peek();
    if (event === undefined || !('body' in event)) return;
    await events.next();
    yield event.body;
  }
}

async function* archiveEvents(stream: ByteStream): AsyncGenerator<Event, void, undefined> {
  let pending: Event[] = [];
  const reader = new TarReader({ entry: (entry) => pending.push({ entry }), body: (body) => pending.push({ body }) });
  for await (const chunk of stream) {
    reader.push(chunk);
    yield* pending;
    pending = [];
  }
  reader.end();
  yield* pending;
}

/** Events with a look at the next one. */
class Lookahead {
  readonly #events: AsyncGenerator<Event, void, undefined>;
  #peeked: Event | undefined;

  constructor(events: AsyncGenerator<Event, void, undefined>) {
    this.#events = events;
  }

  async peek(): Promise<Event | undefined> {
    this.#peeked ??= (await this.#events.next()).value ?? undefined;
    return this.#peeked;
  }

  async next(): Promise<Event | undefined> {
    const event = await this.peek();
    this.#peeked = undefined;
    return event;
  }
}

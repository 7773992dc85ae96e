/** Lists in pages: `n` names after `last` (distribution-spec, "Listing Tags"). */

import { formatNextLink } from '../protocol/link.js';
import type { Call } from './call.js';
import { Refusal } from './refusal.js';

export interface Page {
  readonly names: readonly string[];
  /** Leads to the next page, where there is one. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The page that a request asks for, of names in the order of their bytes. */
export function pageOf(names: readonly string[], { url, parts }: Call): Page {
  const asked = requestedCount(url.searchParams.get('n'));
  const count = Math.min(asked ?? parts.limits.pageNames, parts.limits.pageNames);
  const last = url.searchParams.get('last') ?? '';
  const rest = names.filter((name) => name > last);
  const page = rest.slice(0, count);
  const end = page.at(-1);
  if (end === undefined || page.length === rest.length) return { names: page, headers: {} };
  return { names: page, headers: { link: formatNextLink(nextUrl(url, { n: String(count), last: end })) } };
}

/** The same list from another place, relative to the host. */
export function nextUrl(url: URL, parameters: Readonly<Record<string, string>>): string {
  const next = new URL(url);
  for (const [name, value] of Object.entries(parameters)) next.searchParams.set(name, value);
  return `${next.pathname}${next.search}`;
}

function requestedCount(text: string | null): number | undefined {
  if (text === null || text === '') return undefined;
  if (/^\d{1,9}$/.test(text)) return Number(text);
  throw new Refusal('UNSUPPORTED', `not a number of names: ${JSON.stringify(text.slice(0, 40))}`, { status: 400 });
}

/** The `Link` header that leads to the next page of a list (RFC 8288). */

export function formatNextLink(url: string): string {
  return `<${url}>; rel="next"`;
}

/** Where the next page is, relative to this one; `undefined` on the last. */
export function parseNextLink(header: string | undefined): string | undefined {
  for (const [, target, parameters = ''] of (header ?? '').matchAll(/<([^<>]*)>((?:\s*;\s*[^,;"]+(?:"[^"]*")?)*)/g)) {
    if (/;\s*rel\s*=\s*(?:"(?:[^"]*\s)?next(?:\s[^"]*)?"|next)\s*(?:;|$)/i.test(parameters)) return target;
  }
  return undefined;
}

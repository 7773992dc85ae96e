/** Ranges of bytes, as RFC 9110 spells them for downloads and the distribution-spec for uploads. */

/** Bytes from `start` to `end`, both of them counted. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The one range that a `Range` header asks for of `sizeBytes` bytes. `undefined` where the header is to be ignored (none,
 * another unit, several ranges, not understood); `unsatisfiable` where no byte of it is there.
 */
export function parseRange(header: string | undefined, sizeBytes: number): Span | 'unsatisfiable' | undefined {
  const [, from = '', to = ''] = /^\s*bytes\s*=\s*(\d*)\s*-\s*(\d*)\s*$/i.exec(header ?? '') ?? [];
  if (from === '' && to === '') return undefined;
  const start = from === '' ? Math.max(0, sizeBytes - Number(to)) : Number(from);
  const end = from === '' || to === '' ? sizeBytes - 1 : Math.min(Number(to), sizeBytes - 1);
  const isBackwards = from !== '' && to !== '' && Number(to) < start;
  return isBackwards || start > end ? 'unsatisfiable' : { start, end };
}

/** `bytes=500-`, `bytes=500-999`. */
export function formatRange({ start, end }: { readonly start: number; readonly end?: number }): string {
  return `bytes=${start}-${end ?? ''}`;
}

/** `bytes 500-999/2048`; without a span, that none of the bytes are there. */
export function formatContentRange(span: Span | undefined, sizeBytes: number): string {
  return span === undefined ? `bytes */${sizeBytes}` : `bytes ${span.start}-${span.end}/${sizeBytes}`;
}

/** What an answer of part of a blob holds, and the size of the whole where it is told. */
export function parseContentRange(
  header: string | undefined,
): (Span & { readonly size: number | undefined }) | undefined {
  const [, start, end, size] = /^\s*bytes\s+(\d+)-(\d+)\/(\d+|\*)\s*$/i.exec(header ?? '') ?? [];
  if (start === undefined || end === undefined || Number(end) < Number(start)) return undefined;
  return { start: Number(start), end: Number(end), size: size === '*' ? undefined : Number(size) };
}

/** The `Range` and `Content-Range` of an upload, which name no unit: `0-499`. */
export function parseUploadSpan(header: string | undefined): Span | undefined {
  const [, start, end] = /^\s*(?:bytes[= ])?(\d+)-(\d+)(?:\/(?:\d+|\*))?\s*$/i.exec(header ?? '') ?? [];
  if (start === undefined || end === undefined || Number(end) < Number(start)) return undefined;
  return { start: Number(start), end: Number(end) };
}

/** What was received of an upload. Nothing is `0-0`, as servers have always said it. */
export function formatReceived(sizeBytes: number): string {
  return `0-${Math.max(0, sizeBytes - 1)}`;
}

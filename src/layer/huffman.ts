/** Huffman codes of DEFLATE as lookup tables (RFC 1951, sections 3.2.2 and 3.2.6). */

/** Looked up by the next bits of input: `symbol << 4 | length`; length 0 marks a code that is not in use. */
export interface HuffmanTable {
  readonly entries: Uint16Array;
  /** Bits to look up by. */
  readonly bits: number;
}

const LONGEST = 15;

/** Makes the table of a canonical code; `undefined` when the lengths promise more codes than there are. */
export function huffmanTable(lengths: Uint8Array): HuffmanTable | undefined {
  const counts = new Uint16Array(LONGEST + 1);
  for (const length of lengths) counts[length] = (counts[length] as number) + 1;
  counts[0] = 0;
  const next = firstCodes(counts);
  if (next === undefined) return undefined;
  let bits = LONGEST;
  while (bits > 1 && counts[bits] === 0) bits--;
  const entries = new Uint16Array(1 << bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol] as number;
    if (length === 0) continue;
    const code = next[length] as number;
    next[length] = code + 1;
    for (let at = reversed(code, length); at < entries.length; at += 1 << length) entries[at] = (symbol << 4) | length;
  }
  return { entries, bits };
}

/** The first code of each length. */
function firstCodes(counts: Uint16Array): Uint32Array | undefined {
  const next = new Uint32Array(LONGEST + 2);
  for (let length = 1; length <= LONGEST; length++) {
    const end = (next[length] as number) + (counts[length] as number);
    if (end > 1 << length) return undefined;
    next[length + 1] = end << 1;
  }
  return next;
}

/** Codes stand in the stream with their first bit lowest. */
function reversed(code: number, length: number): number {
  let out = 0;
  for (let i = 0; i < length; i++) out |= ((code >> i) & 1) << (length - 1 - i);
  return out;
}

/** The literal and distance codes of fixed blocks. */
export const FIXED_LITERALS: HuffmanTable = table(fixedLengths());
export const FIXED_DISTANCES: HuffmanTable = table(new Uint8Array(30).fill(5));

function table(lengths: Uint8Array): HuffmanTable {
  return huffmanTable(lengths) as HuffmanTable;
}

function fixedLengths(): Uint8Array {
  return new Uint8Array(288).fill(8, 0, 144).fill(9, 144, 256).fill(7, 256, 280).fill(8, 280);
}

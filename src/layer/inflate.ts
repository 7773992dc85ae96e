/** A portable inflate (RFC 1951), fed chunk by chunk; what frames the deflate data reads on behind its end. */

import { joinBytes, NO_BYTES } from '../base/bytes.js';
import { StratumError } from '../base/error.js';
import { FIXED_DISTANCES, FIXED_LITERALS, type HuffmanTable, huffmanTable } from './huffman.js';

const WINDOW = 32 * 1024;
const OUTPUT = 256 * 1024;
const LONGEST_MATCH = 258;
/** The longest block header: code lengths of all codes, and some. */
const BLOCK_HEADER = 320;
/** More than one match takes. */
const MATCH_INPUT = 16;

const LENGTH_BASE = [
  3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258,
];
const LENGTH_EXTRA = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0];
const DISTANCE_BASE = Array.from({ length: 30 }, (_, i) => (i < 2 ? i + 1 : ((2 + (i & 1)) << ((i >> 1) - 1)) + 1));
const DISTANCE_EXTRA = Array.from({ length: 30 }, (_, i) => (i < 4 ? 0 : (i >> 1) - 1));
const CODE_LENGTH_ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

type State = 'block' | 'stored' | 'codes' | 'end';

/** Fails with LAYER_INVALID on damaged data. Output belongs to the consumer. */
export class Inflate {
  private readonly emit: (bytes: Uint8Array) => void;
  private state: State = 'end';
  private input: Uint8Array = NO_BYTES;
  private at = 0;
  private consumed = 0;
  private final = false;
  private hold = 0;
  private held = 0;

  private readonly out: Uint8Array = new Uint8Array(WINDOW + OUTPUT);
  private outAt = WINDOW;
  /** Bytes of this stream that are out of the buffer. */
  private emitted = 0;

  private lastBlock = false;
  private storedLeft = 0;
  private literals: HuffmanTable = FIXED_LITERALS;
  private distances: HuffmanTable = FIXED_DISTANCES;

  constructor(emit: (bytes: Uint8Array) => void) {
    this.emit = emit;
  }

  /** Adds input; without a chunk, says that no more will come. */
  feed(chunk: Uint8Array | undefined): void {
    this.final = chunk === undefined;
    const rest = this.rest();
    this.consumed += this.at;
    this.input = chunk === undefined || rest.length === 0 ? (chunk ?? rest) : joinBytes([rest, chunk]);
    this.at = 0;
  }

  /** The input that is not used yet; between streams it starts at a whole byte. */
  rest(): Uint8Array {
    return this.input.subarray(this.at);
  }

  /** Passes over input between streams. */
  skip(bytes: number): void {
    this.at += bytes;
  }

  /** Begins a stream of deflate data. */
  start(): void {
    this.state = 'block';
    this.emitted = 0;
    this.outAt = WINDOW;
  }

  /** Goes on as long as the input suffices; true at the end of the stream, when all its output has been emitted. */
  run(): boolean {
    while (this.step());
    return this.state === 'end';
  }

  /** Where the next input lies in all that was fed. */
  get offset(): number {
    return this.consumed + Math.min(this.at, this.input.length);
  }

  private step(): boolean {
    switch (this.state) {
      case 'block':
        return this.has(BLOCK_HEADER) && this.block();
      case 'stored':
        return this.stored();
      case 'codes':
        return this.has(MATCH_INPUT) && this.codes();
      case 'end':
        return false;
    }
  }

  /** True when that many bytes are at hand, or no more will come. */
  private has(bytes: number): boolean {
    return this.final || this.input.length - this.at >= bytes;
  }

  private block(): boolean {
    this.lastBlock = this.bits(1) === 1;
    const type = this.bits(2);
    if (type === 0) return this.storedHeader();
    if (type === 3) throw this.error('unknown block type in gzip data');
    if (type === 1) {
      this.literals = FIXED_LITERALS;
      this.distances = FIXED_DISTANCES;
    } else this.dynamicHeader();
    this.state = 'codes';
    return true;
  }

  private storedHeader(): boolean {
    this.align();
    const length = this.bits(16);
    if (length !== (this.bits(16) ^ 0xffff)) throw this.error('damaged stored block in gzip data');
    this.align();
    this.storedLeft = length;
    this.state = 'stored';
    return true;
  }

  private stored(): boolean {
    const length = Math.min(this.storedLeft, this.input.length - this.at, this.out.length - this.outAt);
    this.out.set(this.input.subarray(this.at, this.at + length), this.outAt);
    this.at += length;
    this.outAt += length;
    this.storedLeft -= length;
    if (this.outAt === this.out.length) this.flush();
    if (this.storedLeft === 0) this.blockDone();
    else if (this.at === this.input.length) return false;
    return true;
  }

  private blockDone(): void {
    this.state = this.lastBlock ? 'end' : 'block';
    if (!this.lastBlock) return;
    this.align();
    this.flush();
  }

  private dynamicHeader(): void {
    const literals = this.bits(5) + 257;
    const distances = this.bits(5) + 1;
    const count = this.bits(4) + 4;
    const order = new Uint8Array(19);
    for (let i = 0; i < count; i++) order[CODE_LENGTH_ORDER[i] as number] = this.bits(3);
    const lengths = this.codeLengths(this.checked(huffmanTable(order)), literals + distances);
    this.literals = this.checked(huffmanTable(lengths.subarray(0, literals)));
    this.distances = this.checked(huffmanTable(lengths.subarray(literals)));
  }

  private codeLengths(codes: HuffmanTable, total: number): Uint8Array {
    const lengths = new Uint8Array(total);
    let filled = 0;
    while (filled < total) {
      const symbol = this.symbol(codes);
      if (symbol < 16) lengths[filled++] = symbol;
      else {
        const value = symbol === 16 ? lengths[filled - 1] : 0;
        const times = symbol === 16 ? 3 + this.bits(2) : symbol === 17 ? 3 + this.bits(3) : 11 + this.bits(7);
        if (value === undefined || filled + times > total) throw this.error('damaged code lengths in gzip data');
        lengths.fill(value, filled, filled + times);
        filled += times;
      }
    }
    return lengths;
  }

  private symbol(codes: HuffmanTable): number {
    this.fill(15);
    const entry = codes.entries[this.hold & ((1 << codes.bits) - 1)] as number;
    this.drop(entry & 15);
    if ((entry & 15) === 0) throw this.error('unknown code in gzip data');
    return entry >> 4;
  }

  private checked(table: HuffmanTable | undefined): HuffmanTable {
    if (table === undefined) throw this.error('damaged codes in gzip data');
    return table;
  }

  /** Decodes symbols until the block ends, the input runs low or the output is full: the hot loop, in locals. */
  private codes(): boolean {
    const { input, out } = this;
    const literals = this.literals.entries;
    const literalMask = (1 << this.literals.bits) - 1;
    const distances = this.distances.entries;
    const distanceMask = (1 << this.distances.bits) - 1;
    const inputEnd = this.final ? input.length + MATCH_INPUT : input.length - MATCH_INPUT;
    const outEnd = out.length - LONGEST_MATCH;
    let { at, hold, held, outAt } = this;
    let problem: string | undefined;
    let ended = false;
    while (at <= inputEnd && outAt <= outEnd) {
      while (held <= 24) {
        hold |= (input[at++] as number) << held;
        held += 8;
      }
      const entry = literals[hold & literalMask] as number;
      hold >>>= entry & 15;
      held -= entry & 15;
      const symbol = entry >> 4;
      if (symbol < 256) {
        if (entry === 0) problem = 'unknown code in gzip data';
        out[outAt++] = symbol;
        if (problem !== undefined) break;
        continue;
      }
      if (symbol === 256) {
        ended = true;
        break;
      }
      const lengthExtra = LENGTH_EXTRA[symbol - 257] ?? 0;
      const length = (LENGTH_BASE[symbol - 257] ?? 0) + (hold & ((1 << lengthExtra) - 1));
      hold >>>= lengthExtra;
      held -= lengthExtra;
      while (held <= 24) {
        hold |= (input[at++] as number) << held;
        held += 8;
      }
      const code = distances[hold & distanceMask] as number;
      hold >>>= code & 15;
      held -= code & 15;
      while (held <= 24) {
        hold |= (input[at++] as number) << held;
        held += 8;
      }
      const distanceExtra = DISTANCE_EXTRA[code >> 4] ?? 0;
      const distance = (DISTANCE_BASE[code >> 4] ?? WINDOW) + (hold & ((1 << distanceExtra) - 1));
      hold >>>= distanceExtra;
      held -= distanceExtra;
      if (code === 0 || length === 0 || distance > outAt - WINDOW + this.emitted) {
        problem = 'damaged match in gzip data';
        break;
      }
      if (distance >= length) out.copyWithin(outAt, outAt - distance, outAt - distance + length);
      else for (let i = 0; i < length; i++) out[outAt + i] = out[outAt + i - distance] as number;
      outAt += length;
    }
    this.at = at;
    this.hold = hold;
    this.held = held;
    this.outAt = outAt;
    if (problem !== undefined) throw this.error(problem);
    // Missing input was read as zeros; by now that shows.
    if (at - (held >> 3) > input.length) throw this.error('gzip data is truncated');
    if (outAt > outEnd) this.flush();
    this.giveBack();
    if (ended) this.blockDone();
    return true;
  }

  /** Hands the buffer's output over and keeps the window. */
  private flush(): void {
    const bytes = this.out.slice(WINDOW, this.outAt);
    if (bytes.length === 0) return;
    this.emitted += bytes.length;
    this.out.copyWithin(0, this.outAt - WINDOW, this.outAt);
    this.outAt = WINDOW;
    this.emit(bytes);
  }

  private bits(count: number): number {
    this.fill(count);
    if (this.held < count || this.at - (this.held >> 3) > this.input.length) throw this.error('gzip data is truncated');
    const value = this.hold & ((1 << count) - 1);
    this.drop(count);
    return value;
  }

  private fill(count: number): void {
    while (this.held < count) {
      this.hold |= (this.input[this.at++] ?? 0) << this.held;
      this.held += 8;
    }
  }

  private drop(count: number): void {
    this.hold >>>= count;
    this.held -= count;
  }

  /** Skips to the next whole byte. */
  private align(): void {
    this.drop(this.held & 7);
    this.giveBack();
  }

  /** Returns whole bytes that were taken ahead. */
  private giveBack(): void {
    this.at -= this.held >> 3;
    this.held &= 7;
    this.hold &= (1 << this.held) - 1;
  }

  private error(what: string): StratumError {
    return new StratumError('LAYER_INVALID', what, { offset: this.offset });
  }
}

/** CRC-32 as gzip uses it (RFC 1952, section 8). */

const TABLE: Uint32Array = makeTable();

/** Continues a checksum over more bytes; start with 0. */
export function crc32(bytes: Uint8Array, previous: number = 0): number {
  let crc = ~previous;
  for (let i = 0; i < bytes.length; i++) crc = (TABLE[(crc ^ (bytes[i] as number)) & 0xff] as number) ^ (crc >>> 8);
  return ~crc >>> 0;
}

function makeTable(): Uint32Array {
  const table = new Uint32Array(256);
  for (let n = 0; n < 256; n++) {
    let value = n;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
    table[n] = value;
  }
  return table;
}

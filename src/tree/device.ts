/** Device numbers as Linux puts them into one (makedev(3)): 12 bits of minor around 12 of major, the rest above. */

export function makeDevice(major: number, minor: number): number {
  const low = (minor & 0xff) + (major & 0xfff) * 0x100 + (minor & 0xfff00) * 0x1000;
  return low + Math.floor(major / 0x1000) * 0x100000000000;
}

export function splitDevice(device: number): { major: number; minor: number } {
  const high = Math.floor(device / 0x100000000);
  const low = device >>> 0;
  return { major: ((low >>> 8) & 0xfff) + (high & 0xfffff000), minor: (low & 0xff) + ((low >>> 12) & 0xfff00) };
}

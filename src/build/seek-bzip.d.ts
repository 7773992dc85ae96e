/** The package has no types of its own. */
declare module 'seek-bzip' {
  const bzip: { decode(bytes: Uint8Array, output: { writeByte(byte: number): void }): void };
  export default bzip;
}

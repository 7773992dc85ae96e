/** The package has no types of its own. */
declare module 'seek-bzip' {
  const bzip: { decode(bytes: Uint8Array): Uint8Array };
  export default bzip;
}

/** Entry point `stratum/tar`: a tar codec without I/O. */

export type { SparseMap, SparseRegion, TarEntry, TarEntryType, TarHeader } from './entry.js';
export { TAR_BLOCK, tarPadding } from './entry.js';
export { TAR_LIMITS, type TarLimits } from './limits.js';
export { TarReader, type TarReaderOptions, type TarSink } from './reader.js';
export { encodeHeader, TAR_END_BYTES, type TarMember, writeTar } from './writer.js';

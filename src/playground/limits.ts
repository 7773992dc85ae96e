/** How much the playground takes. */

/** A link that is longer is refused, and is not made. */
export const LINK_LIMIT_CHARACTERS = 8192;
/** What a link may unpack to. */
export const STATE_LIMIT_BYTES: number = 256 * 1024;
/** Acts in a link. */
export const ACTS_LIMIT = 500;
/** Files of the learner's directory. */
export const FILES_LIMIT = 200;
/** Characters of a file that can be edited. */
export const TEXT_LIMIT = 200_000;
/** Characters that an act's output is cut at. */
export const OUTPUT_LIMIT = 20_000;
/** Entries of an upper that are shown one by one. */
export const UPPER_LIMIT = 300;
/** Archives that are loaded; they are held in memory. */
export const ARCHIVE_LIMIT_BYTES: number = 1024 ** 3;

/** One member of a tar stream as a value: what its headers say, whichever dialect said it. */

/** What a member is. Contiguous files and files of unknown dialects read as `file`. */
export type TarEntryType = 'file' | 'link' | 'symlink' | 'character' | 'block' | 'directory' | 'fifo';

/** A run of data in a file with holes; what lies between runs is zeros. */
export interface SparseRegion {
  /** Where the run starts in the whole file. */
  readonly offset: number;
  /** Bytes. */
  readonly size: number;
}

/** How the stored bytes of a sparse file spread over the whole file. */
export interface SparseMap {
  /** Bytes of the whole file, holes included. */
  readonly size: number;
  /** In order, not overlapping; their bytes follow one another in the stored body. */
  readonly regions: readonly SparseRegion[];
}

/** What a header says about a member. */
export interface TarHeader {
  /** The name as it is written, decoded (see `decodeName`); a directory's has no trailing slash. */
  readonly path: string;
  readonly type: TarEntryType;
  /** Permission bits, 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes of the body as it is stored. */
  readonly size: number;
  /** Whole seconds since 1970, rounded down; may be negative. */
  readonly mtimeSec: number;
  /** 0 to 999,999,999. */
  readonly mtimeNsec: number;
  /** Target of a link or symlink, decoded; empty for everything else. */
  readonly linkname: string;
  /** Device numbers; 0 for what is no device. */
  readonly devMajor: number;
  readonly devMinor: number;
  /** Extended attributes by their full name, such as `security.capability`. */
  readonly xattrs: ReadonlyMap<string, Uint8Array> | undefined;
}

/** A member that was read. */
export interface TarEntry extends TarHeader {
  readonly sparse: SparseMap | undefined;
  /** Where its first header starts in the stream. */
  readonly headerOffset: number;
  /** Where its stored body starts in the stream. */
  readonly bodyOffset: number;
}

/** Everything in a tar stream comes in blocks of this many bytes. */
export const TAR_BLOCK = 512;

/** Zero bytes that fill the last block of a body of `size` bytes. */
export function tarPadding(size: number): number {
  const rest = size % TAR_BLOCK;
  return rest === 0 ? 0 : TAR_BLOCK - rest;
}

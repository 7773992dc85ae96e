/** What a registry knows beside its blobs: small documents under paths of names, as a tree of folders holds files. */

/** A path is of names joined by `/`; none of them is empty, `.` or `..`, or begins with a dot. */
export interface Records {
  /** The whole document; `undefined` when there is none. */
  read(path: string): Promise<Uint8Array | undefined>;
  /** True when there is one. */
  has(path: string): Promise<boolean>;
  /** Writes or replaces a document, so that it is seen whole or not at all. */
  write(path: string, bytes: Uint8Array): Promise<void>;
  /** Removes a document; false when there was none. */
  remove(path: string): Promise<boolean>;
  /** Names directly below a folder, of documents and of folders, in the order of their bytes; none without it. */
  list(folder: string): Promise<readonly string[]>;
}

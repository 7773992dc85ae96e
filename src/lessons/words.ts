/** The field's words as the lessons explain them: one short phrase each, in the sense of docs/glossary.md. */

export interface Word {
  readonly word: string;
  /** Code stands between backquotes. */
  readonly means: string;
}

export const IMAGE: Word = {
  word: 'image',
  means: 'a file system and how to run it: a stack of layers and a small config',
};
export const LAYER: Word = {
  word: 'layer',
  means: 'one set of changes to a file system, packed as a tar and never changed again',
};
export const BASE_IMAGE: Word = {
  word: 'base',
  means: 'the image that another one begins with: the line `FROM` names it',
};
export const DOCKERFILE: Word = { word: 'Dockerfile', means: 'the recipe of an image: one instruction a line' };
export const STORE: Word = { word: 'store', means: 'the directory that keeps images, layers and containers' };
export const SHARED: Word = {
  word: 'shared',
  means: 'said of a layer that several images stand on, and that is stored once',
};
export const CONTAINER: Word = {
  word: 'container',
  means: 'an image with a writable layer of its own on top, and a command to run',
};
export const COPY_UP: Word = {
  word: 'copy-up',
  means: 'giving a file of a layer below a version of its own on top, at its first change',
};
export const UPPER: Word = { word: 'upper', means: 'what a container changed: its own layer, on top of the image' };
export const WHITEOUT: Word = {
  word: 'whiteout',
  means: 'an entry `.wh.NAME` of a layer that says: what is below under this name is gone',
};
export const OPAQUE: Word = {
  word: 'opaque',
  means: 'said of a directory of a layer: nothing of the layers below shows through it',
};
export const STEP: Word = { word: 'step', means: 'one instruction of a build that makes a layer' };
export const CACHE: Word = { word: 'cache', means: 'what earlier builds made, kept by what it was made of' };
export const CONTEXT: Word = { word: 'context', means: 'the directory that a build may copy files from' };
export const STAGE: Word = {
  word: 'stage',
  means: 'a part of a Dockerfile that begins with FROM; the last stage is the image',
};
export const COMMIT: Word = {
  word: 'commit',
  means: 'making a layer of what a container changed, and an image with it',
};
export const DIGEST: Word = { word: 'digest', means: 'the name of bytes, computed from them: `sha256:` and 64 digits' };
export const DIFFID: Word = { word: 'DiffID', means: 'the digest of the uncompressed tar of a layer' };
export const CHAINID: Word = {
  word: 'ChainID',
  means: 'the name of a stack: made of the DiffIDs of its layers, from the bottom up',
};
export const BLOB: Word = {
  word: 'blob',
  means: 'bytes that are kept under their digest: a compressed layer, a config, a manifest',
};
export const CONFIG: Word = {
  word: 'config',
  means: 'the document that says how an image runs, and lists the DiffIDs of its layers',
};
export const MANIFEST: Word = {
  word: 'manifest',
  means: 'the document that names the config and the layers of an image by their digests',
};
export const REGISTRY: Word = { word: 'registry', means: 'a server that keeps images for others to pull' };
export const PUSH: Word = { word: 'push', means: 'sending an image to a registry' };
export const PULL: Word = { word: 'pull', means: 'fetching an image from a registry' };
export const TAG: Word = {
  word: 'tag',
  means: 'the part of a name behind the colon; it can be moved to another image',
};
export const VOLUME: Word = {
  word: 'volume',
  means: 'a directory with a name that lies outside of all layers, and outlives containers',
};
export const MOUNT: Word = { word: 'mount', means: 'to show a directory from elsewhere at a path of a container' };

/** Every word that a lesson explains. */
export const WORDS: readonly Word[] = [
  IMAGE,
  LAYER,
  BASE_IMAGE,
  DOCKERFILE,
  STORE,
  SHARED,
  CONTAINER,
  COPY_UP,
  UPPER,
  WHITEOUT,
  OPAQUE,
  STEP,
  CACHE,
  CONTEXT,
  STAGE,
  COMMIT,
  DIGEST,
  DIFFID,
  CHAINID,
  BLOB,
  CONFIG,
  MANIFEST,
  REGISTRY,
  PUSH,
  PULL,
  TAG,
  VOLUME,
  MOUNT,
];

/** OCI layout directories of others, as `DIRECTORY[:TAG]`. */

import { StratumError } from '../base/error.js';
import { DirectoryBlobs, isLayout } from '../blob/directory.js';
import type { StoreFiles } from '../blob/files.js';
import { LayoutTags, type TaggedImage } from '../image/tags.js';
import type { EngineContext } from './context.js';

export interface LayoutPlace {
  readonly directory: string;
  readonly tag: string | undefined;
  readonly files: StoreFiles;
}

/** A directory that is a layout is meant whole; else what is behind the last colon is a tag. */
export async function layoutPlace({ files }: EngineContext, text: string): Promise<LayoutPlace> {
  if (files === undefined) throw new StratumError('USAGE', 'there is no file system for a layout (option fs)');
  const colon = (await isLayout(text, files)) ? -1 : text.lastIndexOf(':');
  const isTagged = colon > 0 && !text.includes('/', colon);
  return {
    directory: isTagged ? text.slice(0, colon) : text,
    tag: isTagged ? text.slice(colon + 1) : undefined,
    files,
  };
}

/** The image of that tag, or the first; fails with ARCHIVE_INVALID, IMAGE_UNKNOWN. */
export async function layoutImage(place: LayoutPlace): Promise<{ blobs: DirectoryBlobs; image: TaggedImage }> {
  const { directory, tag, files } = place;
  if (!(await isLayout(directory, files))) {
    throw new StratumError('ARCHIVE_INVALID', 'not an OCI layout: no oci-layout file', { file: directory });
  }
  const all = await new LayoutTags(directory, files).read();
  const image = tag === undefined ? all[0] : all.find(({ reference }) => reference?.endsWith(`:${tag}`) === true);
  if (image !== undefined) return { blobs: await DirectoryBlobs.open(directory, files), image };
  const wanted = tag === undefined ? 'no image' : `no image with the tag ${JSON.stringify(tag)}`;
  throw new StratumError('IMAGE_UNKNOWN', `${wanted} in the layout`, { file: directory });
}

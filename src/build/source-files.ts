/** The files of each context of a build, read once. */

import { utf8Text } from '../base/bytes.js';
import { ignorePatterns } from '../dockerfile/ignore.js';
import type { BuildContext, SourceTree } from './context.js';
import type { PathPatterns } from './selection.js';

export class SourceFiles {
  readonly #ignore: PathPatterns | undefined;
  readonly #files: Map<BuildContext, Promise<SourceTree>> = new Map();

  /** `ignore` is for the main context; a named one has its own .dockerignore. */
  constructor(ignore: PathPatterns | undefined) {
    this.#ignore = ignore;
  }

  of(context: BuildContext, name: string): Promise<SourceTree> {
    const known = this.#files.get(context);
    if (known !== undefined) return known;
    const files = this.#read(context, name);
    this.#files.set(context, files);
    return files;
  }

  async #read(context: BuildContext, name: string): Promise<SourceTree> {
    if (name === '') return context.files(this.#ignore);
    const text = await context.read('.dockerignore');
    return context.files(text && ignorePatterns(utf8Text(text) ?? ''));
  }
}

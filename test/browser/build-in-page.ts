/** Builds on a base image that comes as an archive; nothing here needs Node. */

import { type BuiltImage, Engine, type LayerCompression, treeContext, UnionFs } from '../../src/index.browser.js';
import { shellRuntime } from '../../src/shell/runtime.js';

export async function buildInPage(
  base: Uint8Array,
  dockerfile: string,
  files: Readonly<Record<string, string>>,
  compression: LayerCompression,
): Promise<BuiltImage> {
  const engine = await Engine.open();
  await engine.load(base);
  return engine.build({
    context: treeContext(UnionFs.fromJSON(files).view.lower),
    dockerfile,
    runtime: shellRuntime(),
    sourceDateEpoch: 1_700_000_000,
    compression,
  });
}

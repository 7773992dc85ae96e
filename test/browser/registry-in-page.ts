/** Two engines and a registry between them, all in one page: nothing here needs Node. */

import { Engine, type Layer, MemoryBlobs, UnionFs } from '../../src/index.browser.js';
import { RegistryClient } from '../../src/registry/client/client.js';
import { createRegistry } from '../../src/registry/server/registry.js';

const NAME = 'localhost:5000/page/app:1';

export interface Exchanged {
  readonly pushed: string;
  readonly pulled: string;
  /** The same image, on both sides. */
  readonly ids: readonly string[];
  /** A file of the image, read on the other side. */
  readonly content: string;
  /** What a second push sent. */
  readonly sentAgain: number;
}

export async function exchange(): Promise<Exchanged> {
  const registry = createRegistry({ blobs: new MemoryBlobs() });
  let writes = 0;
  const registries = new RegistryClient({
    fetch: (request) => {
      if (!['GET', 'HEAD'].includes(request.method)) writes++;
      return registry.fetch(request);
    },
  });
  const [one, two] = [await Engine.open({ registries }), await Engine.open({ registries })];
  const { id } = await one.import((await sampleLayer()).tar(), { ref: NAME, sourceDateEpoch: 0 });
  const { descriptor } = await one.push(NAME);
  writes = 0;
  await one.push(NAME);
  const pulled = await two.pull(NAME);
  return {
    pushed: descriptor.digest,
    pulled: pulled.digest,
    ids: [id, String((await two.inspectImage(NAME))['Id'])],
    content: (await two.create(NAME)).fs.readFileSync('/srv/größe', 'utf8') as string,
    sentAgain: writes,
  };
}

function sampleLayer(): Promise<Layer> {
  const union = UnionFs.over([]);
  union.fs.mkdirSync('/srv');
  union.fs.writeFileSync('/srv/größe', 'groß');
  union.fs.writeFileSync('/srv/large', 'content of a layer '.repeat(100_000));
  return union.toLayer();
}

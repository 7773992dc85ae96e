/** Builds one known Dockerfile: run in Node and in a browser, it must say the same. */

import type { LayerCompression } from '../../src/index.browser.js';
import { buildInPage } from './build-in-page.js';

const DOCKERFILE = `# syntax=docker/dockerfile:1
ARG BASE=base:1
FROM \${BASE} AS made
ARG WORD=layer
ENV GREETING="hello \${WORD}"
WORKDIR /made/here
COPY --chmod=0750 src/ ./
RUN <<EOF
set -eu
sort -r list.txt | grep -v '^#' > sorted.txt
echo "$GREETING, $WORD" > greeting
mkdir -p deep/er && ln -s ../greeting deep/link && ln greeting deep/er/again
chown -R maria:staff deep && chmod 4711 sorted.txt
test "$(sha256sum < greeting | cut -c1-4)" != 0000
rm list.txt
EOF
RUN --mount=type=cache,target=/cache sed 's/e/E/g' sorted.txt | tee /cache/kept > shouted.txt

FROM base:1
LABEL org.opencontainers.image.title="grüße" stage=last
ENV PATH=/made/bin:$PATH
COPY --from=made --chown=maria:staff /made/here /made/
COPY --chmod=u=rw,go=r <<CONF /etc/made.conf
greeting = \${PATH}
CONF
WORKDIR /made
USER maria
RUN id -un > /tmp/who && cat greeting /tmp/who > /tmp/both && rm /tmp/who
USER root
RUN rm -r /old && mkdir /old && touch /old/new
USER maria:staff
EXPOSE 80/tcp
VOLUME /data
CMD ["cat", "greeting"]
`;

const FILES = {
  '/src/list.txt': 'one\n# not this\ntwo\nthree\n',
  '/src/sub/größe.txt': 'content\n'.repeat(20_000),
  '/src/sub/ignored.log': 'x',
  '/.dockerignore': '**/*.log\n',
};

export interface BuiltSample {
  /** Of the config: it names the layers by their content, so it is the same under every codec. */
  readonly ids: readonly string[];
  /**
   * Of the manifest, which names the layers as they are stored. It can be the same on both sides only under the codecs
   * that are: stored, and zstd by WebAssembly. Deflate is the platform's own, and no two need to give the same bytes.
   */
  readonly manifests: readonly string[];
}

/** What comes of the Dockerfile on a base image, as an archive. */
export async function buildSample(base: Uint8Array): Promise<BuiltSample> {
  const build = (codec: LayerCompression['codec']) => buildInPage(base, DOCKERFILE, FILES, { codec });
  const [stored, zstd, gzip] = [await build('none'), await build('zstd'), await build('gzip')];
  return {
    ids: [stored.id, zstd.id, gzip.id],
    manifests: [stored.descriptor.digest, zstd.descriptor.digest],
  };
}

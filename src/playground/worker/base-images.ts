/** Images that are there from the start, so that a Dockerfile has something to stand on. */

import { treeContext } from '../../build/context.js';
import type { Engine } from '../../engine/engine.js';
import { UnionFs } from '../../fs/union-fs.js';
import { EPOCH } from './place.js';

/** As real ones have, in small: a shell, users, and places for files of a run. Nothing of it needs a command to build. */
const TINY = `FROM scratch
COPY --chmod=0755 bin/ /bin/
COPY etc/ /etc/
WORKDIR /root
WORKDIR /tmp
WORKDIR /
ENV PATH=/bin
CMD ["sh"]
`;

/** The simulated shell asks that a program is there; what it does it knows by itself. */
const PROGRAMS = [
  ...['cat', 'chmod', 'cp', 'echo', 'find', 'grep', 'head', 'ln', 'ls', 'mkdir', 'mv', 'rm', 'rmdir', 'sed', 'sh'],
  ...['sleep', 'sort', 'stat', 'tail', 'touch', 'wc'],
];

const TINY_FILES = {
  ...Object.fromEntries(
    PROGRAMS.map((name) => [`/bin/${name}`, 'The simulated shell of this page stands behind it.\n']),
  ),
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/sh\nmaria:x:1000:1000:Maria:/home/maria:/bin/sh\n',
  '/etc/group': 'root:x:0:\nmaria:x:1000:\n',
  '/etc/os-release': 'NAME="Tiny"\nID=tiny\nVERSION_ID=1\n',
  '/etc/motd': 'Welcome to a tiny image.\n',
};

export const BASE_IMAGE = 'tiny:1';

export async function prepareBase(engine: Engine): Promise<void> {
  await engine.build({
    context: treeContext(UnionFs.fromJSON(TINY_FILES).view.lower),
    dockerfile: TINY,
    tags: [BASE_IMAGE],
    sourceDateEpoch: EPOCH,
  });
}

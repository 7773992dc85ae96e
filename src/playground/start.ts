/** What a learner finds who comes without a link. */

import type { Start } from './act.js';

const DOCKERFILE = `FROM tiny:1
WORKDIR /app
COPY words.txt .
RUN sort words.txt > sorted.txt
COPY page.html .
CMD ["cat", "sorted.txt"]
`;

export const FIRST_START: Start = {
  kind: 'files',
  files: {
    Dockerfile: DOCKERFILE,
    'words.txt': 'whiteout\nlayer\ncontainer\ndigest\n',
    'page.html': '<h1>Hello from a layer</h1>\n',
  },
};

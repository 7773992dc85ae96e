/** What `build --check` finds by rules that Docker has not. */

import { describe, expect, test } from 'vitest';
import { checkDockerfile } from '../../src/dockerfile/checks/check.js';
import { parseDockerfile } from '../../src/dockerfile/parse.js';

/** Instructions of a stage from scratch; the first is at line 2. */
const check = (lines: readonly string[], own = true): string[] =>
  checkDockerfile(parseDockerfile(`FROM scratch\n${lines.join('\n')}\n`), { own }).map(
    ({ ruleName, location }) => `${location.ranges[0]?.start.line} ${ruleName}`,
  );

describe('RemovedLater', () => {
  test.each<[lines: string[], line: number | undefined]>([
    [['COPY a.tgz /tmp/', 'RUN tar xf /tmp/a.tgz', 'RUN rm /tmp/a.tgz'], 4],
    [['COPY a.tgz /tmp/', 'RUN set -e; rm -rf /tmp/a.tgz 2>&1 || true'], 3],
    [['COPY a.tgz /tmp/', 'RUN rm -rf /tmp/*'], 3],
    [['COPY a.tgz b.tgz /tmp/', 'RUN ["rm", "/tmp/b.tgz"]'], 3],
    [['COPY a.tgz /tmp/', 'RUN rm -rf /tmp'], 3],
    [['COPY a.tgz /tmp/', 'RUN rm /tmp/b.tgz'], undefined],
    [['COPY a.tgz /tmp/', 'RUN rm /tmp/a.tgz && make'], undefined],
    [['WORKDIR /app', 'COPY . .', 'RUN rm -rf .git'], 4],
    [['COPY . /', 'RUN rm -rf /var/cache'], undefined],
    [['COPY <<E /a', 'x', 'E', 'RUN rm /a'], 5],
    [['RUN curl -fsSLo /tmp/a.sh https://example.org/a.sh', 'RUN rm /tmp/a.sh'], 3],
    [['WORKDIR /w', 'RUN wget -q https://example.org/a.zip?x=1', 'RUN rm a.zip'], 4],
    [['RUN curl -LO https://example.org/a.zip', 'RUN rm a.zip'], 3],
    [['RUN echo x > "/tmp/a b"', "RUN rm '/tmp/a b'"], 3],
    [['RUN touch /a /b', 'RUN rm /b'], 3],
    [['RUN touch /a && rm /a', 'RUN rm -f /a'], undefined],
    [['RUN echo x > /dev/null', 'RUN rm /dev/null'], undefined],
    [['RUN apt-get -qq update && apt-get install -y a', 'RUN rm -rf /var/lib/apt/lists/*'], 3],
    [['RUN apt-get update && rm -rf /var/lib/apt/lists/*', 'RUN rm -rf /var/lib/apt/lists/*'], undefined],
    [['RUN --mount=type=cache,target=/var/lib/apt/lists apt-get update', 'RUN rm -rf /var/lib/apt/lists'], undefined],
    [['RUN apk add a', 'RUN rm -rf /var/cache/apk/*'], 3],
    [['RUN apk add --no-cache a', 'RUN rm -rf /var/cache/apk/*'], undefined],
    [['RUN <<E', 'touch /a', 'E', 'RUN <<E', '# not needed', 'rm /a', 'E'], 5],
    [['RUN touch /a', 'RUN true'], undefined],
    [['RUN touch /a', 'RUN rm -rf /'], undefined],
  ])('%j', (lines, line) => {
    expect(check(lines)).toEqual(line === undefined ? [] : [`${line} RemovedLater`]);
    expect(check(lines, false)).toEqual([]);
  });

  test('looks at one stage at a time', () => {
    const text = 'FROM scratch AS a\nCOPY a /a\nFROM scratch\nRUN rm /a\n';
    expect(checkDockerfile(parseDockerfile(text), { own: true })).toEqual([]);
  });
});

describe('CopyTooEarly', () => {
  test.each<[lines: string[], line: number | undefined]>([
    [['COPY . .', 'RUN npm ci'], 2],
    [['ADD ./ /app/', 'RUN cd /app && npm --silent install'], 2],
    [['COPY * /app/', 'RUN CI=1 pip install -r requirements.txt'], 2],
    [['COPY . .', 'RUN yarn'], 2],
    [['COPY . .', 'RUN yarn build'], undefined],
    [['COPY package.json .', 'RUN npm ci', 'COPY . .', 'RUN npm run build'], undefined],
    [['COPY --from=0 . .', 'RUN npm ci'], undefined],
    [['COPY . /a', 'COPY . /b', 'RUN apt-get update && apt-get install -y a'], 3],
    [['COPY . .', 'RUN apt-get update'], undefined],
    [['COPY . .', 'RUN go mod download', 'RUN go mod download'], 2],
  ])('%j', (lines, line) => {
    expect(check(lines)).toEqual(line === undefined ? [] : [`${line} CopyTooEarly`]);
    expect(check(lines, false)).toEqual([]);
  });
});

import { expect, test } from 'vitest';
import { parseChangeInstructions } from '../../src/cli/change-instructions.js';

test.each([
  ['CMD ["bash", "-l"]', { cmd: ['bash', '-l'] }],
  ['CMD echo "hi there"', { cmd: ['/bin/sh', '-c', 'echo "hi there"'] }],
  ['cmd ["broken"', { cmd: ['/bin/sh', '-c', '["broken"'] }],
  ['ENTRYPOINT ["/init"]', { entrypoint: ['/init'] }],
  ['ENV A=1 B="2 3" C=4\\ 5', { env: ['A=1', 'B=2 3', 'C=4 5'] }],
  ['ENV A the rest', { env: ['A=the rest'] }],
  ["LABEL org.x='a b' y=z", { labels: { 'org.x': 'a b', y: 'z' } }],
  ['EXPOSE 80 53/udp', { exposedPorts: ['80/tcp', '53/udp'] }],
  ['VOLUME ["/a b", "/c"]', { volumes: ['/a b', '/c'] }],
  ['VOLUME /a /b', { volumes: ['/a', '/b'] }],
  ['WORKDIR /srv', { workingDir: '/srv' }],
  ['USER 1000:1000', { user: '1000:1000' }],
  ['STOPSIGNAL SIGINT', { stopSignal: 'SIGINT' }],
])('%s is read', (line, changes) => {
  expect(parseChangeInstructions([line])).toEqual(changes);
});

test('later instructions add to lists and replace the rest', () => {
  expect(parseChangeInstructions(['ENV A=1', 'CMD a', 'ENV B=2', 'CMD ["b"]', 'LABEL x=1', 'LABEL y=2'])).toEqual({
    env: ['A=1', 'B=2'],
    cmd: ['b'],
    labels: { x: '1', y: '2' },
  });
});

test.each(['RUN true', 'COPY a b', 'nonsense', ''])('%s is refused', (line) => {
  expect(() => parseChangeInstructions([line])).toThrow('cannot be set in a config');
});

test('an instruction without a value is refused', () => {
  expect(() => parseChangeInstructions(['CMD'])).toThrow('CMD needs a value');
  expect(() => parseChangeInstructions(['ENV A=1 B'])).toThrow("'B' is not NAME=value");
});

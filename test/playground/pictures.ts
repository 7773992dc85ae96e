/** Takes the pictures of docs/images: `node --import tsx test/playground/pictures.ts [DIRECTORY]`. */

import { join } from 'node:path';
import { Browser, fromRoot, type Learner } from './learner.js';

const DIRECTORY = process.argv[2] ?? fromRoot('docs/images');
const DOCKERFILE = `FROM tiny:1
WORKDIR /app
COPY words.txt .
RUN sort words.txt > sorted.txt
COPY page.html .
CMD ["cat", "sorted.txt"]
`;

/** A learner who built twice, pushed, and changed something in a container. */
async function story(learner: Learner): Promise<void> {
  await learner.line('stratum build -t $REGISTRY/app:1 .');
  await learner.line('stratum push $REGISTRY/app:1');
  await learner.write('page.html', '<h1>A second page</h1>\n');
  await learner.line('stratum build -t $REGISTRY/app:2 .');
  await learner.line('stratum run -it --name web $REGISTRY/app:2 sh');
  await learner.shell('echo more >> /etc/motd; rm words.txt');
  await learner.shell('cat /etc/motd');
  await learner.line('stratum push $REGISTRY/app:2');
  await learner.write('Dockerfile', DOCKERFILE.replace('FROM tiny:1', 'FROM tiny:1 as base'));
  await learner.sees('.checks .warning', 'FromAsCasing');
  await learner.page.getByRole('button', { name: 'container web' }).click();
  await learner.sees('.tree-row', 'words.txt');
  await learner.page.fill('#path', '/app/words.txt');
  await learner.page.press('#path', 'Enter');
  await learner.sees('.answer', 'the upper takes it away');
  await learner.page.mouse.move(0, 0);
}

const browser = await Browser.open();
try {
  for (const [name, width, colorScheme] of [
    ['light', 1400, 'light'],
    ['dark', 1400, 'dark'],
    ['narrow', 360, 'light'],
  ] as const) {
    const learner = await browser.visit({ width, colorScheme });
    await story(learner);
    await learner.picture(join(DIRECTORY, `playground-${name}.png`));
  }
  const learner = await browser.visit({ width: 1400 });
  await learner.takesLesson('whiteouts');
  await learner.answers('1 MB');
  await learner.line('stratum build -t app:1 .');
  await learner.page.getByRole('button', { name: 'Hint' }).click();
  await learner.picture(join(DIRECTORY, 'playground-lesson.png'), { height: 760 });
} finally {
  await browser.close();
}

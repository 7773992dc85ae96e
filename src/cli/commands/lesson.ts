/** `lesson`: what there is to learn, and one lesson played in this terminal. */

import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Command } from 'commander';
import type { Lesson } from '../../lessons/lesson.js';
import { EXIT_FAILURE } from '../exit-codes.js';
import { withExamples } from '../help.js';
import { formatListing } from '../listing.js';
import type { Session } from '../session.js';
import { UsageError } from '../usage.js';
import type { VerbModule } from '../verbs.js';

export const verbs: VerbModule['verbs'] = { lesson };

interface LessonFlags {
  readonly directory?: string;
  readonly format?: string;
}

function lesson(command: Command, session: Session): void {
  command
    .argument('[lesson]', 'its number or its name; a list without it')
    .option('--directory <dir>', 'where it takes place, and stays (default: a directory that goes with the lesson)')
    .option('--format <format>', "of the list: 'json', or a template such as '{{.Number}} {{.Title}}'")
    .action(async (which: string | undefined, flags: LessonFlags) => {
      if (which === undefined) await list(session, flags);
      else await play(which, flags, session);
    });
  withExamples(command, [
    ['stratum lesson', 'what there is, and what you have done'],
    ['stratum lesson 1', 'layers and sharing: goals, and a prompt to type at'],
    ['stratum lesson copy-on-write --directory ~/lesson', 'in a directory that stays'],
  ]);
}

async function list(session: Session, { format = 'table' }: LessonFlags): Promise<void> {
  const { LESSONS } = await import('../../lessons/lessons.js');
  const { doneLessons } = await import('../lesson/marks.js');
  const done = await doneLessons(session.root);
  const rows = LESSONS.map(({ id, title, aim, minutes, steps }, at) => ({
    Number: at + 1,
    Done: done.has(id),
    Mark: done.has(id) ? '✔' : '',
    ID: id,
    Title: title,
    Aim: aim,
    Minutes: minutes,
    Steps: steps.length,
  }));
  const listing = {
    headings: { Number: '#', Mark: 'DONE', ID: 'NAME' },
    columns: ['Number', 'Mark', 'ID', 'Minutes', 'Title'],
    rows,
  };
  await session.print(await formatListing(listing, { format }));
}

async function play(which: string, flags: LessonFlags, session: Session): Promise<void> {
  const { findLesson, LESSONS } = await import('../../lessons/lessons.js');
  const found = findLesson(which);
  if (found === undefined) throw new UsageError(`there is no lesson '${which}'`, "'stratum lesson' lists them.");
  const directory = await placeFor(flags.directory, session);
  try {
    const isDone = await playIn(directory, { lesson: found, number: LESSONS.indexOf(found) + 1 }, session);
    if (!isDone) session.exitCode = EXIT_FAILURE;
  } finally {
    if (flags.directory === undefined) await rm(directory, { recursive: true, force: true });
  }
}

async function playIn(
  directory: string,
  { lesson: played, number }: { readonly lesson: Lesson; readonly number: number },
  session: Session,
): Promise<boolean> {
  const { TerminalPlace } = await import('../lesson/place.js');
  const { writeProgram } = await import('../lesson/program.js');
  const { playLesson } = await import('../lesson/play.js');
  const { markDone } = await import('../lesson/marks.js');
  const place = await TerminalPlace.prepare(played, directory, { now: () => session.io.now().getTime() });
  try {
    await writeProgram(place.folders);
    const isDone = await playLesson(played, place, { io: session.io, number });
    if (isDone) await markDone(session.root, played.id, session.io.now());
    return isDone;
  } finally {
    await place.close();
  }
}

/** An empty directory; one that was named stays, and must not have anything in it. */
async function placeFor(named: string | undefined, session: Session): Promise<string> {
  if (named === undefined) return mkdtemp(join(tmpdir(), 'stratum-lesson-'));
  const directory = session.hostPath(named);
  await mkdir(directory, { recursive: true });
  if ((await readdir(directory)).length > 0) throw new UsageError(`${named} is not empty`);
  return directory;
}

/** just-bash on a union, its defences on, held against bash on the same files on disk. */

import { spawnSync } from 'node:child_process';
import fs from 'node:fs';
import { Bash, type BashOptions, type IFileSystem } from 'just-bash';
import { describe, expect, test } from 'vitest';
import { type BashFileSystemOptions, bashFileSystem } from '../../src/fs/just-bash.js';
import { UnionFs } from '../../src/index.js';
import { requires } from '../kit/requires.js';
import { notation, onDisk, overLayer } from './kit.js';

const FILES = {
  '/site/notes.txt': 'first\nsecond\nthird\n',
  '/site/data.csv': 'b,2\na,1\nc,3\n',
  '/site/src/main.sh': 'echo main\n',
  '/site/src/lib/util.sh': 'echo util\n',
  '/site/src/.hidden': 'dot\n',
  '/site/old/deep/er/file': 'x\n',
  '/site/empty': null,
};

function project(): Promise<UnionFs> {
  return overLayer(FILES, (draft) => {
    draft.fs.chmodSync('/site/src/main.sh', 0o755);
    draft.fs.symlinkSync('notes.txt', '/site/link');
    draft.fs.symlinkSync('src/lib', '/site/lib');
  });
}

function shell(union: UnionFs, options: BashFileSystemOptions & BashOptions = {}): Bash {
  const files: IFileSystem = bashFileSystem(union, options); // it is one: the compiler says so here
  return new Bash({ cwd: '/site', ...options, fs: files });
}

/** Everything below `/site` but times and owners. */
function shape({ fs: own }: UnionFs): unknown[] {
  return own
    .readdirSync('/site', { recursive: true })
    .map((name) => `/site/${String(name)}`)
    .sort()
    .map((path) => {
      const stat = own.lstatSync(path);
      if (stat.isSymbolicLink()) return [path, own.readlinkSync(path)];
      return [path, stat.mode.toString(8), stat.isFile() ? own.readFileSync(path, 'utf8') : '', stat.nlink > 1];
    })
    .map((row) => (row[1] === '40755' ? row.slice(0, 2) : row));
}

const SCRIPTS: Readonly<Record<string, string>> = {
  'reads what the layer holds': 'cat notes.txt src/main.sh; wc -l < notes.txt; head -n 1 data.csv; tail -n 1 link',
  'lists names': 'ls; ls -A src; echo *; echo src/*.sh; echo **/nothing*',
  'finds files': 'find . -type f | sort; find . -name "*.sh" | sort; find src -type d | sort',
  'searches text': 'grep -n second notes.txt; grep -rl echo src | sort; grep -c . data.csv; grep nothing notes.txt',
  'edits in place': 's=$(cat notes.txt); sed -i "s/second/2nd/; /third/d" notes.txt; cat link; echo "$s"',
  'moves a directory of the layer':
    'mv src moved; ls moved; cat moved/lib/util.sh; [ -e src ] || echo gone; cat lib/util.sh; true',
  'moves over files and into directories': 'mv notes.txt data.csv; cat data.csv; mv data.csv empty; ls empty; ls',
  'removes trees of the layer': 'rm -r old src/lib; rm link; ls; find . | sort; cat lib/util.sh || echo dangling',
  'removes and makes again': 'rm -r src; mkdir src; ls -A src; touch src/new; ls -A src',
  'refuses what bash refuses': 'rmdir old; mkdir src; rm src; cat nowhere; cd notes.txt; ln -s x link; echo status $?',
  links:
    'ln -s src/main.sh s; readlink s; cat s; ln notes.txt hard; echo more >> hard; cat notes.txt; ln -sf data.csv s; cat s',
  redirects:
    'echo a > new; echo b >> new; cat < new > copy; cat copy; { echo x; echo y; } > both; cat both; cat nowhere 2> err; echo $?',
  'writes through a symlink': 'echo replaced > link; cat notes.txt; rm link; ls; cat notes.txt',
  'takes here documents':
    'name=Ada\ncat > doc <<END\nhello $name\n$(echo sub)\nEND\ncat doc\ncat <<"END"\n$name\nEND\ncat <<< string',
  'pipes and sorts': 'sort data.csv | cut -d, -f1 | tr a-z A-Z | tee upper; cat upper; sort -t, -k2 -rn data.csv',
  'expands globs': 'for f in src/* ; do echo "[$f]"; done; echo *.{txt,csv}; shopt -s nullglob; echo x*y; echo [a-d]*',
  'changes modes':
    'chmod 600 notes.txt; chmod +x data.csv; [ -x data.csv ] && echo executable; stat -c "%a" notes.txt data.csv',
  copies:
    'cp notes.txt n2; cp -r src s2; find s2 | sort; cp src/main.sh empty; ls empty; cp -r lib l2; cat notes.txt > n2; cat n2',
  'runs scripts and functions':
    'f() { echo "in $1" > "$1.out"; }; for i in a b; do f $i; done; cat *.out; bash src/main.sh; . src/lib/util.sh',
  'makes directories':
    'mkdir -p p/q/r; touch p/q/r/f; rmdir empty; ls; find p | sort; cd p/q && pwd | sed "s,.*/p,p,"; cd ..; ls',
  'follows paths out of symlinked directories': 'cd lib; cat util.sh; cd ..; ls -A src;ls -A',
};

describe('gives the output and the files that bash gives, and', () => {
  for (const [name, script] of Object.entries(SCRIPTS)) {
    requires('bash')(name, async () => {
      const union = await project();
      const there = onDisk(union);
      const env = { ...process.env, LC_ALL: 'C', HOME: '/' };
      const bash = spawnSync('bash', ['-c', `umask 022\n${script}`], { cwd: `${there}/site`, env, encoding: 'utf8' });
      const own = await shell(union).exec(script, { rawScript: true });
      expect([own.stdout, own.exitCode]).toEqual([bash.stdout, bash.status]);
      expect(own.stderr === '').toBe(bash.stderr === '');
      expect(shape(union)).toEqual(shape(UnionFs.fromFs(fs, there)));
    });
  }
});

describe('a shell on a union', () => {
  test('has its defences on, under which no call here asks for the working directory', async () => {
    const files = bashFileSystem(await project());
    const script = 'cat notes.txt | head -1; echo x >> notes.txt; mv src s; rm -r old; cp -r s t; cd t; ls';
    const { stdout, stderr } = await new Bash({ fs: files, cwd: '/site' }).exec(script);
    expect([stdout, stderr]).toEqual(['first\nlib\nmain.sh\n', '']);
    const asking = { ...files, readFileBuffer: async (path: string) => files.readFileBuffer(process.cwd() + path) };
    const refused = await new Bash({ fs: asking, cwd: '/site' }).exec('cat notes.txt');
    expect(refused.stderr).toContain('process.cwd');
  });

  test('writes one fork a script, which is kept or dropped', async () => {
    const union = await project();
    const kept = union.fork();
    await shell(kept).exec('sed -i s/first/1st/ notes.txt');
    const dropped = kept.fork();
    await shell(dropped).exec('rm -rf /site');
    expect(dropped.fs.readdirSync('/')).toEqual([]);
    expect((await shell(kept).exec('cat notes.txt')).stdout).toBe('1st\nsecond\nthird\n');
    expect(union.changes()).toEqual([]);
  });

  test('leaves its changes in the union, deletions among them, and nothing of its own', async () => {
    const union = await project();
    await shell(union).exec(
      'rm -r old src/lib; echo new > fresh; cat nowhere 2> /dev/null; cat <(echo sub) > /dev/null',
    );
    expect(notation(union)).toEqual(['~ /site', '+ /site/fresh', '- /site/old', '~ /site/src', '- /site/src/lib']);
  });

  test('finds its commands whatever is installed in the union', async () => {
    const union = UnionFs.fromJSON({
      '/bin/ls': '\x7fELF',
      '/usr/bin/made': 'echo made in here',
      '/dev/null': 'a file',
    });
    union.fs.chmodSync('/bin/ls', 0o755);
    union.fs.chmodSync('/usr/bin/made', 0o755);
    const before = notation(union);
    const bash = shell(union, { cwd: '/' });
    expect((await bash.exec('ls /bin; which grep; made | tr a-z A-Z')).stdout).toBe(
      'ls\n/usr/bin/grep\nMADE IN HERE\n',
    );
    expect(
      (await bash.exec('echo x > /dev/null; cp /bin/ls /dev/null; cat /dev/null; mv /bin/ls /dev/fd/')).exitCode,
    ).toBe(1);
    expect(notation(union)).toEqual(before);
  });

  test('makes the directories above a file, or is refused, as it is told', async () => {
    const union = await project();
    const script = 'echo x > not/yet/there && cat not/yet/there';
    await expect(shell(union, { makeParents: false }).exec(script)).rejects.toMatchObject({ code: 'ENOENT' });
    expect(union.changes()).toEqual([]);
    expect((await shell(union).exec(script)).stdout).toBe('x\n');
    await expect(shell(union).exec('echo x > notes.txt/below')).rejects.toMatchObject({ code: 'ENOTDIR' });
  });

  test('has the rights of the credentials of the union', async () => {
    const below = await project();
    const union = UnionFs.overTree(below.view.lower, { credentials: { uid: 1000, gid: 1000 } });
    const { stderr, exitCode } = await shell(union).exec('rm notes.txt');
    expect([stderr, exitCode]).toEqual([expect.stringContaining("cannot remove 'notes.txt'"), 1]);
  });

  test('keeps bytes that are not text', async () => {
    const union = UnionFs.fromJSON({ '/site/raw': Uint8Array.of(0, 128, 255, 10) });
    await shell(union).exec('cat raw raw > twice; cp raw again; cat raw >> again; gzip -c raw | gunzip > back');
    expect(union.fs.readFileSync('/site/twice', 'hex')).toBe('0080ff0a0080ff0a');
    expect(union.fs.readFileSync('/site/again', 'hex')).toBe('0080ff0a0080ff0a');
    expect(union.fs.readFileSync('/site/back', 'hex')).toBe('0080ff0a');
  });
});

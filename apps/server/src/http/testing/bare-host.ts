import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { access, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { text } from 'node:stream/consumers';

/** A host as far as an install line sees one: a PATH with a few real programs and a few that say what a test wants. */
export interface BareHost {
  /** Where temporary files go and, in place of /usr/local/bin, the private folder. */
  readonly scratch: string;
  /** Everything that was left there. */
  leftovers(): Promise<readonly string[]>;
  /** Puts a shell script in place of a program; null takes the program away. */
  program(name: string, script: string | null): Promise<void>;
  run(shell: string, args: readonly string[], input?: string): Promise<ShellResult>;
  close(): Promise<void>;
}

export interface ShellResult {
  readonly status: number | null;
  readonly output: string;
  readonly errors: string;
}

const realPrograms = [
  'sh',
  'curl',
  'gunzip',
  'gzip',
  'sha256sum',
  'rm',
  'chmod',
  'cat',
  'mktemp',
  'dash',
  'bash',
  'zsh',
];

export async function openBareHost(): Promise<BareHost> {
  const root = await mkdtemp(join(tmpdir(), 'sct-bare-host-'));
  const [bin, scratch] = [join(root, 'bin'), join(root, 'scratch')];
  await mkdir(bin);
  await mkdir(scratch);
  for (const name of realPrograms) {
    const path = await find(name);
    if (path !== null) await symlink(path, join(bin, name));
  }
  const program = async (name: string, script: string | null) => {
    await rm(join(bin, name), { force: true });
    if (script !== null) await writeFile(join(bin, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  };
  await program('uname', 'case $1 in -s) echo Linux ;; -m) echo x86_64 ;; esac');
  await program('id', 'echo 0');
  await program('systemctl', 'exit 0');
  const mktemp = (await find('mktemp')) ?? 'mktemp';
  // The one place outside is where a test must not write.
  await program(
    'mktemp',
    `case \${2-} in /usr/local/bin/*) exec ${mktemp} -d '${scratch}/XXXXXX' ;; esac\nexec ${mktemp} "$@"`,
  );
  return {
    scratch,
    leftovers: () => readdir(scratch),
    program,
    async run(shell, args, input = '') {
      const child = spawn(join(bin, shell), args, {
        env: { PATH: bin, TMPDIR: scratch, HOME: scratch },
        stdio: 'pipe',
      });
      child.stdin.on('error', () => {}); // it may end without reading
      child.stdin.end(input);
      const ended = once(child, 'close') as Promise<[number | null]>;
      const [output, errors, [status]] = await Promise.all([text(child.stdout), text(child.stderr), ended]);
      return { status, output, errors };
    },
    close: () => rm(root, { recursive: true }),
  };
}

/** The shells of this machine that people have as root. `dash` is Debian's sh. */
export async function shellsHere(): Promise<readonly string[]> {
  const found = await Promise.all(
    ['dash', 'bash', 'zsh'].map(async (name) => ((await find(name)) === null ? [] : [name])),
  );
  return found.flat();
}

async function find(name: string): Promise<string | null> {
  for (const directory of (process.env['PATH'] ?? '').split(delimiter)) {
    const path = join(directory, name);
    if (
      await access(path).then(
        () => true,
        () => false,
      )
    )
      return path;
  }
  return null;
}

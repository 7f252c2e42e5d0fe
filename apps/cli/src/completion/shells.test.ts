import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { completionScript } from './scripts.ts';

const run = promisify(execFile);
const main = new URL('../main.ts', import.meta.url).pathname;
let directory: string;
let url: string;

/** Names that a careless script would run, split or expand. */
const credentials = ['ns1', 'my own', "it's $(touch pwned)", 'a`touch pwned`b', '*', 'x;touch pwned', 'two\nlines'];
const settings = {
  provider: 'rfc2136',
  host: 'ns1',
  port: 53,
  transport: 'tcp',
  keyName: 'k',
  algorithm: 'hmac-sha256',
};
const plane = createServer((request, response) => {
  const list = credentials.map((name) => ({
    id: 'credential01',
    name,
    provider: 'rfc2136',
    settings,
    usedBy: [],
    limit: null,
    createdAt: '2026-01-01T00:00:00.000Z',
  }));
  const known = request.url === '/api/v1/dns-credentials' && request.headers.authorization === 'Bearer canary';
  response.writeHead(known ? 200 : 404).end(JSON.stringify(known ? { credentials: list } : {}));
});

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-completion-'));
  await new Promise<void>((resolve) => plane.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(plane.address() as AddressInfo).port}`;
  await mkdir(join(directory, 'bin'));
  const program = join(directory, 'bin/serverctl');
  await writeFile(program, `#!/bin/sh\nexec '${process.execPath}' '${main}' "$@"\n`, { mode: 0o755 });
  await writeFile(join(directory, 'secret.key'), '');
  for (const shell of ['bash', 'zsh', 'fish'] as const)
    await writeFile(join(directory, `script.${shell}`), completionScript(shell));
});
afterAll(async () => {
  plane.close();
  await rm(directory, { recursive: true });
});

async function inShell(shell: string, script: string, address = url): Promise<readonly string[]> {
  const { stdout } = await run(shell, ['-c', script], {
    cwd: directory,
    env: {
      PATH: `${join(directory, 'bin')}:${process.env['PATH']}`,
      HOME: directory,
      SERVERCTL_URL: address,
      SERVERCTL_TOKEN: 'canary',
    },
  });
  return stdout.split('\n').filter((line) => line !== '');
}

/** What bash would offer at the end of a line; `words` is the line as bash breaks it. */
function bash(line: string, words: readonly string[], address?: string) {
  const quoted = words.map((word) => `'${word.replaceAll("'", "'\\''")}'`).join(' ');
  const script = `source script.bash; COMP_WORDBREAKS=$' \\t\\n"\\'><=;|&(:'; COMP_WORDS=(${quoted}); COMP_CWORD=$((\${#COMP_WORDS[@]}-1))
COMP_LINE='${line.replaceAll("'", "'\\''")}'; COMP_POINT=\${#COMP_LINE}; _serverctl; printf '%s\\n' "\${COMPREPLY[@]}"`;
  return inShell('bash', script, address);
}
const typed = (line: string, address?: string) => bash(line, line.split(' '), address);

describe('bash', () => {
  test.each([
    ['serverctl po', ['pool']],
    ['serverctl pool set edge --preset h', ['haproxy']],
    ['serverctl dns credential add x --secret-file sec', ['secret.key']],
    ['serverctl dns credential test n', ['ns1']],
  ])('%s offers %j', async (line, offered) => {
    expect([...(await typed(line))].sort()).toEqual(offered);
  });

  test('a word that bash broke at = and : is one word again, and only its end is offered', async () => {
    expect(
      await bash('serverctl pool add x --preset=h', ['serverctl', 'pool', 'add', 'x', '--preset', '=', 'h']),
    ).toEqual(['haproxy']);
    const line = ['serverctl', 'dns', 'credential', 'test', '--url', '=', 'http', ':', url.slice(5), 'ns'];
    expect(await bash(`serverctl dns credential test --url=${url} ns`, line, 'http://127.0.0.1:1')).toEqual(['ns1']);
  });

  test('a name with spaces, quotes and commands in it is offered quoted, and nothing in it runs', async () => {
    const offered = await typed('serverctl dns credential test ');
    expect(offered).toEqual([
      'ns1',
      'my\\ own',
      "it\\'s\\ \\$\\(touch\\ pwned\\)",
      'a\\`touch\\ pwned\\`b',
      '\\*',
      'x\\;touch\\ pwned',
    ]);
    expect(await inShell('bash', `printf '%s\\n' ${offered.join(' ')}`)).toEqual(credentials.slice(0, -1));
    expect(existsSync(join(directory, 'pwned'))).toBe(false);
  });

  test('behind an open quote only what needs no quoting is offered', async () => {
    expect(await bash("serverctl dns credential test 'm", ['serverctl', 'dns', 'credential', 'test', "'m"])).toEqual([
      'my own',
    ]);
    const line = ['serverctl', 'dns', 'credential', 'test', '"'];
    expect(await bash(line.join(' '), line)).toEqual(['ns1', 'my own']);
  });

  test('what was typed is never run', async () => {
    const line = ['serverctl', 'dns', 'credential', 'test', '$(touch', 'pwned)', ''];
    expect(await bash(line.join(' '), line)).toEqual([]);
    expect(existsSync(join(directory, 'pwned'))).toBe(false);
  });

  test('a control plane that does not answer is passed over in silence', async () => {
    expect(await typed('serverctl pool show ', 'http://127.0.0.1:1')).toEqual([]);
  });
});

/** Where they are installed their scripts are proved too; the protocol itself is in answer.test.ts. */
const has = (shell: string) => existsSync(`/usr/bin/${shell}`);

if (has('zsh')) {
  /** The words that are handed to zsh, which quotes them itself: compadd and _describe are what it would draw with. */
  const zsh = (...words: readonly string[]) => {
    const quoted = words.map((word) => `'${word}'`).join(' ');
    const script = `compdef() { :; }; _describe() { print -rl -- "\${found[@]}"; }; _files() { print files; }; compset() { :; }
source ./script.zsh; words=(${quoted}); CURRENT=$#words; PREFIX=$words[-1]; _serverctl`;
    return inShell('zsh', script);
  };
  test('zsh: commands carry their meaning, hostile names stay text, files are its own', async () => {
    expect(await zsh('serverctl', 'member', 'prom')).toEqual([expect.stringMatching(/^promote:[A-Z]/)]);
    expect(await zsh('serverctl', 'dns', 'credential', 'test', 'i')).toEqual(["it's $(touch pwned):ns1:53"]);
    expect(await zsh('serverctl', '--ca-file', '')).toEqual(['files']);
    expect(existsSync(join(directory, 'pwned'))).toBe(false);
  });
}

if (has('fish')) {
  const fish = (line: string) => inShell('fish', `source script.fish; complete -C "${line}"`);
  test('fish: commands carry their meaning, hostile names stay text, files are its own', async () => {
    expect(await fish('serverctl member prom')).toEqual([expect.stringMatching(/^promote\t[A-Z]/)]);
    expect(await fish('serverctl dns credential test i')).toEqual(["it's $(touch pwned)\tns1:53"]);
    expect(await fish('serverctl --ca-file sec')).toEqual(['secret.key']);
    expect(existsSync(join(directory, 'pwned'))).toBe(false);
  });
}

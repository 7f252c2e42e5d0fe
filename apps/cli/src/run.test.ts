import { expect, test } from 'vitest';
import { runCli } from './testing/run-cli.ts';

const nobody = () => ({ body: {} });

test.each([
  ['an unknown option', ['pool', 'list', '--nope']],
  ['an unknown command', ['nope']],
  ['a missing argument', ['pool', 'show']],
  ['a missing option', ['pool', 'ack', 'edge']],
  ['a bad value', ['events', '--limit', 'many']],
  ['half a command', ['pool']],
])('%s is JSON with --json, and exits 2', async (_what, line) => {
  const { asked, stdout, stderr, status } = await runCli([...line, '--json'], nobody);
  expect([asked, stdout, status]).toEqual([[], '', 2]);
  const { error } = JSON.parse(stderr);
  expect(error).toMatchObject({ code: 'usage', remedy: expect.stringContaining('--help') });
  expect(error.message).toMatch(/^[^(]{8,}/);
});

test('without --json a usage error is told in words', async () => {
  const { stderr, status } = await runCli(['pool', 'list', '--nope'], nobody);
  expect(status).toBe(2);
  expect(stderr).toContain("unknown option '--nope'");
});

test('--version prints the release and nothing else', async () => {
  const { stdout, status } = await runCli(['--version'], nobody);
  expect([stdout, status]).toEqual([expect.stringMatching(/^\d+\.\d+\.\d+\n$/), 0]);
});

test.each([
  ['--url-file', ['channel', 'add', '--url-file', '/nope']],
  ['--secret-file', ['dns', 'credential', 'set', 'bind', '--secret-file', '/nope']],
])('a file that cannot be read for %s is a wrong input that names both', async (option, line) => {
  const { stderr, status } = await runCli([...line, '--json'], nobody);
  expect(status).toBe(2);
  expect(JSON.parse(stderr)).toMatchObject({
    error: { code: 'file_unreadable', details: { option, file: '/nope', because: 'ENOENT' } },
  });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readSecret } from './secret-file.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-secret-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function secretOf(text: string): Promise<string> {
  const file = join(directory, 'secret');
  await writeFile(file, text);
  return readSecret('--secret-file', file);
}
const key = (name: string, secret: string) => `key "${name}" {\n\talgorithm hmac-sha256;\n\tsecret "${secret}";\n};\n`;

test('a secret alone is taken without its line end, a key file’s out of its quotes', async () => {
  expect(await secretOf('c2VjcmV0\n')).toBe('c2VjcmV0');
  expect(await secretOf(key('edge', 'c2VjcmV0'))).toBe('c2VjcmV0');
  expect(await secretOf(`# made by hand\n${key('edge.example.com', 'c2VjcmV0')}`)).toBe('c2VjcmV0');
});

test.each([
  ['an empty file', ' \n', 'it is empty'],
  ['several keys', key('one', 'YQ==') + key('two', 'Yg=='), 'it is a key file with several keys'],
  ['a key without a secret', 'key "edge" { algorithm hmac-sha256; };', 'it is a key file with no secret'],
])('%s is refused, and the file named', async (_case, text, because) => {
  await expect(secretOf(text)).rejects.toMatchObject({
    code: 'file_unreadable',
    details: { option: '--secret-file', file: join(directory, 'secret'), because: expect.stringContaining(because) },
  });
});

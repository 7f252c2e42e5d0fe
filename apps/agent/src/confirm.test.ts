import { PassThrough } from 'node:stream';
import { expect, it } from 'vitest';
import { confirm } from './confirm.ts';

function answering(text: string, isTTY = true) {
  const input = Object.assign(new PassThrough(), { isTTY });
  const asked: string[] = [];
  input.end(text);
  return { asked, confirm: async () => confirm('Sure? ', input, (question) => void asked.push(question)) };
}

it.each([
  ['y\n', true],
  ['Yes\r\n', true],
  ['n\n', false],
  ['\n', false],
  ['yesterday\n', false],
  ['', false],
])('the answer %j is taken as %s', async (text, isYes) => {
  const terminal = answering(text);
  expect(await terminal.confirm()).toBe(isYes);
  expect(terminal.asked).toEqual(['Sure? ']);
});

it('nobody is asked without a terminal', async () => {
  const pipe = answering('y\n', false);
  await expect(pipe.confirm()).rejects.toMatchObject({ code: 'usage', exitCode: 2 });
  expect(pipe.asked).toEqual([]);
});

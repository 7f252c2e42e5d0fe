import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readSecret } from './secret.ts';

const secret = 'k3J_'.repeat(10);

function terminal() {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: (raw: boolean) => void modes.push(raw) });
  const shown: string[] = [];
  const warned: string[] = [];
  const typed = readSecret({
    file: undefined,
    input,
    ask: (text) => void shown.push(`${modes.at(-1) === true ? 'hidden' : 'echoing'}: ${text}`),
    warn: (text) => void warned.push(text),
  });
  return { input, modes, shown, typed };
}

const quiet = { ask: () => undefined, warn: () => undefined };

describe('the secret', () => {
  it('typed at a terminal is not shown, and the terminal is as before afterwards', async () => {
    const { input, modes, shown, typed } = terminal();
    input.write(`${secret.slice(0, 20)}X\u007f`);
    input.write(`${secret.slice(20)}\r`);
    expect(await typed).toBe(secret);
    expect(shown.join('')).not.toContain(secret.slice(0, 4));
    expect(shown[0]).toMatch(/^hidden: Enrolment secret/);
    expect(modes).toEqual([true, false]);
  });

  it('is given up with Ctrl-C, and the terminal is as before', async () => {
    const { input, modes, typed } = terminal();
    input.write('abc\u0003');
    await expect(typed).rejects.toMatchObject({ code: 'secret_unusable' });
    expect(modes).toEqual([true, false]);
  });

  it('is read from a pipe', async () => {
    const input = new PassThrough();
    input.end(`${secret}\n`);
    expect(await readSecret({ file: undefined, input, ...quiet })).toBe(secret);
  });

  it.each(['', 'short', 'with spaces in the middle of it', 'x'.repeat(200)])('%j is not one', async (text) => {
    const input = new PassThrough();
    input.end(text);
    await expect(readSecret({ file: '-', input, ...quiet })).rejects.toMatchObject({ exitCode: 2 });
  });

  it('is read from a file; one that others can read is warned about', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'sct-secret-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    const file = join(directory, 'secret');
    const warned: string[] = [];
    const source = {
      file,
      input: new PassThrough(),
      ask: () => undefined,
      warn: (text: string) => void warned.push(text),
    };
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
    expect(await readSecret(source)).toBe(secret);
    expect(warned).toEqual([]);
    await chmod(file, 0o644);
    await readSecret(source);
    expect(warned.join()).toContain('can be read by other users');
    await rm(file);
    await expect(readSecret(source)).rejects.toMatchObject({ code: 'secret_unusable' });
  });
});

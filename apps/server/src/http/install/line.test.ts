import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type BareHost, openBareHost, shellsHere } from '../testing/bare-host.ts';
import { renderLine } from './line.ts';

let host: BareHost;
beforeEach(async () => {
  host = await openBareHost();
});
afterEach(() => host.close());

const line = renderLine({ url: 'http://127.0.0.1:1', pin: null, scriptSha256: 'ab'.repeat(32) });

describe.each(await shellsHere())('in %s', (shell) => {
  test.each([
    ['HUP', 129],
    ['INT', 130],
    ['TERM', 143],
  ])('a line that SIG%s ends leaves no file, whatever it was doing (R34)', async (signal, status) => {
    for (const program of ['curl', 'sha256sum']) {
      await host.program('curl', 'exit 0');
      await host.program(program, `kill -${signal} $PPID`);
      expect(await host.run(shell, ['-c', line])).toEqual({ status, output: '', errors: '' });
      expect(await host.leftovers()).toEqual([]);
    }
  });
});

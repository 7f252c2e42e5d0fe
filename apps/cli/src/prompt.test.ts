import { beforeEach, expect, test, vi } from 'vitest';
import { ask } from './platform/terminal.ts';
import { confirm } from './prompt.ts';

vi.mock('./platform/terminal.ts', () => ({ hasTerminal: () => true, ask: vi.fn() }));
beforeEach(() => vi.mocked(ask).mockReset());

test.each(['n', '', null])('an answer of %j says that nothing was changed, and repeats nothing', async (answer) => {
  vi.mocked(ask).mockResolvedValue(answer);
  const asked = confirm('A table of fifteen lines. Go on?', { yes: false, json: false });
  await expect(asked).rejects.toMatchObject({ code: 'not_confirmed', details: {} });
});

test('an answer of yes goes on', async () => {
  vi.mocked(ask).mockResolvedValue(' Yes ');
  await confirm('Go on?', { yes: false, json: false });
});

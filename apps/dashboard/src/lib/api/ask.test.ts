import { expect, test } from 'vitest';
import { ask } from './ask.ts';

/* Outside of a page there is no origin that a path belongs to, so nothing ever answers. */

const codeOf = (asked: Parameters<typeof ask>[0]) =>
  ask(asked).then(
    () => null,
    (error: { readonly code?: string }) => error.code,
  );

test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)(
  'a %s that nobody answered may have happened, and is not to be tried again unseen',
  async (method) => {
    expect(await codeOf({ method, path: ['pools', 'edge', 'promotions'], body: { to: 'next' } })).toBe(
      'outcome_unknown',
    );
  },
);

test('what changes nothing, or may simply be asked again, only says that nobody answers', async () => {
  const unreachable = 'control_plane_unreachable';
  expect(await codeOf({ path: ['pools'] })).toBe(unreachable);
  expect(await codeOf({ method: 'POST', path: ['pools', 'edge', 'promotions'], body: { preview: true } })).toBe(
    unreachable,
  );
  expect(await codeOf({ method: 'POST', path: ['session'] })).toBe(unreachable);
  expect(await codeOf({ method: 'POST', path: ['invitations', 'accept'] })).toBe(unreachable);
  expect(await codeOf({ method: 'POST', path: ['dns-credentials', 'bind', 'test'] })).toBe(unreachable);
});

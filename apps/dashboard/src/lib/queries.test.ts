import { onlineManager } from '@tanstack/react-query';
import { afterEach, expect, test } from 'vitest';
import { createQueryClient } from './queries.ts';

afterEach(() => onlineManager.setOnline(true));

test('where the browser says that it is offline, everything is asked all the same: nothing waits and runs later', async () => {
  onlineManager.setOnline(false);
  const client = createQueryClient();
  const read = client.fetchQuery({ queryKey: ['read'], queryFn: () => 'read' });
  const acts = client.getMutationCache();
  const act = acts.build(client, { mutationFn: () => Promise.resolve('done') }).execute(undefined);
  expect(client.getQueryState(['read'])?.fetchStatus).toBe('fetching');
  expect(acts.getAll().map(({ state }) => state.isPaused)).toEqual([false]);
  expect(await Promise.all([read, act])).toEqual(['read', 'done']);
  client.clear();
});

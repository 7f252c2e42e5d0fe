import { eventCatalogue, eventKinds, runbookOf } from '@serverctl/core';
import { expect, test } from 'vitest';
import { openRunbooks } from './runbooks.ts';

const publicUrl = 'https://plane.example.com';

test('each kind that pages somebody is linked to its page, which is there', () => {
  const runbooks = openRunbooks({ publicUrl });
  expect(runbooks.linkOf('pool.paused')).toBe('https://plane.example.com/runbooks/pool-paused.md');
  for (const kind of eventKinds.filter((one) => eventCatalogue[one].severity !== 'info')) {
    const link = runbooks.linkOf(kind);
    expect(link).toMatch(/^https:\/\/plane\.example\.com\/runbooks\/[a-z-]+\.md$/);
    expect(runbooks.page(link.slice(`${publicUrl}/runbooks/`.length)), kind).toMatch(/^# /);
  }
});

test('what has no page keeps its place in the documentation', () => {
  expect(openRunbooks({ publicUrl }).linkOf('pool.resumed')).toBe('docs/reference/events.md');
  for (const without of [openRunbooks({ publicUrl, directory: '/nonexistent' }), openRunbooks({ publicUrl: '' })])
    expect(without.linkOf('pool.paused')).toBe(runbookOf('pool.paused'));
});

test('only the pages of the list are there', () => {
  const { page } = openRunbooks({ publicUrl });
  for (const name of ['', '.', '..', '../security.md', '/etc/passwd', 'pool-paused', 'constructor', 'POOL-PAUSED.md'])
    expect(page(name)).toBeNull();
});

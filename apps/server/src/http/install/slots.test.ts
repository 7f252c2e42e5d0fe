import { expect, test } from 'vitest';
import { DownloadSlots, downloadsPerPlace } from './slots.ts';

test('the addresses of one IPv6 network have the slots of one place, and another network its own', () => {
  const slots = new DownloadSlots();
  const taken = Array.from({ length: downloadsPerPlace }, (_, nth) => slots.take(`2001:db8:0:7::${nth + 1}`));
  expect(() => slots.take('2001:db8:0:7::99')).toThrow(expect.objectContaining({ code: 'agent_downloads_busy' }));
  slots.take('2001:db8:0:8::1');
  taken[0]?.();
  slots.take('2001:db8:0:7::99');
});

import { afterEach, expect, test, vi } from 'vitest';
import { kept } from './kept.ts';

afterEach(() => void vi.unstubAllGlobals());

test('where the browser blocks its storage, a choice holds for the page that is open', () => {
  const refuse = () => {
    throw new Error('The operation is insecure.');
  };
  vi.stubGlobal('localStorage', { getItem: refuse, setItem: refuse, removeItem: refuse });
  expect(kept.read('a')).toBeNull();
  kept.write('a', 'yes');
  expect(kept.read('a')).toBe('yes');
  kept.write('a', null);
  expect(kept.read('a')).toBeNull();
});

test('the very mention of the storage may throw', () => {
  Object.defineProperty(globalThis, 'localStorage', {
    configurable: true,
    get() {
      throw new Error('Access is denied.');
    },
  });
  expect(() => kept.write('b', 'yes')).not.toThrow();
  expect(kept.read('b')).toBe('yes');
});

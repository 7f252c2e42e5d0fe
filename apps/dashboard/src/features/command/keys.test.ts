import { expect, test } from 'vitest';
import { type Pressed, readKey } from './keys.ts';

const pressed = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  command: false,
  isTaken: false,
  ...more,
});

test('g and a letter go somewhere; a g alone does nothing yet', () => {
  const first = readKey(pressed('g'), false);
  expect(first).toEqual({ act: null, isGoing: true });
  expect(readKey(pressed('m'), first.isGoing)).toEqual({ act: { kind: 'tab', tab: 'members' }, isGoing: false });
  expect(readKey(pressed('x'), true)).toEqual({ act: null, isGoing: false });
});

test('in a field or a dialog letters are letters, and the palette’s key still opens it', () => {
  expect(readKey(pressed('t', { isTaken: true }), false).act).toBeNull();
  expect(readKey(pressed('k', { isTaken: true, command: true }), false).act).toEqual({ kind: 'palette' });
});

test('with Ctrl a letter is the browser’s own', () => {
  expect(readKey(pressed('t', { command: true }), false).act).toBeNull();
});

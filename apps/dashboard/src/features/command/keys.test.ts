import { expect, test } from 'vitest';
import { type Pressed, readKey } from './keys.ts';

const pressed = (key: string, more: Partial<Pressed> = {}): Pressed => ({
  key,
  command: false,
  shift: false,
  isTaken: false,
  isInDialog: false,
  ...more,
});

test('g and a letter go somewhere; a g alone does nothing yet', () => {
  const first = readKey(pressed('g'), false);
  expect(first).toEqual({ act: null, isGoing: true });
  expect(readKey(pressed('m'), first.isGoing)).toEqual({ act: { kind: 'tab', tab: 'members' }, isGoing: false });
  expect(readKey(pressed('x'), true)).toEqual({ act: null, isGoing: false });
});

test('in a field letters are letters, and the palette’s key still opens it', () => {
  expect(readKey(pressed('t', { isTaken: true }), false).act).toBeNull();
  expect(readKey(pressed('k', { isTaken: true, command: true }), false).act).toEqual({ kind: 'palette' });
});

test('over a dialog nothing is opened and nobody is sent elsewhere', () => {
  expect(readKey(pressed('k', { isInDialog: true, command: true }), false).act).toBeNull();
  expect(readKey(pressed('t', { isInDialog: true }), false).act).toBeNull();
  expect(readKey(pressed('p', { isInDialog: true }), true)).toEqual({ act: null, isGoing: false });
});

test('with Ctrl and Shift the palette’s letter is the browser’s own', () => {
  expect(readKey(pressed('K', { command: true, shift: true }), false).act).toBeNull();
  expect(readKey(pressed('K', { command: true }), false).act).toEqual({ kind: 'palette' });
});

test('with Ctrl a letter is the browser’s own', () => {
  expect(readKey(pressed('t', { command: true }), false).act).toBeNull();
});

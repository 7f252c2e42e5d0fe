import type { ReplaceRequest } from '@serverctl/core';
import { expect, test } from 'vitest';
import { addressOf } from '../../../../testkit/src/index.ts';
import { UnseenWrite } from './unseen-write.ts';

const viewOf = (member: number) => ({
  rrset: { addresses: [addressOf(member)], ttlSeconds: 60 },
  mark: { kind: 'none' as const },
  cname: false,
});
const write = (from: number, to: number): ReplaceRequest =>
  ({ expected: viewOf(from), next: { address: addressOf(to), ttlSeconds: 60 } }) as unknown as ReplaceRequest;

function sent(from: number, to: number): UnseenWrite {
  const unseen = new UnseenWrite();
  unseen.answered('ns1', addressOf(from));
  unseen.sends(write(from, to));
  return unseen;
}

test('what a write was to replace is as before until it is read otherwise, by whomever it was changed', () => {
  const unseen = sent(1, 2);
  unseen.read(viewOf(1));
  expect([unseen.isAsBefore(viewOf(1)), unseen.isAsBefore(viewOf(3))]).toEqual([true, false]);
  unseen.read(viewOf(3));
  expect(unseen.isAsBefore(viewOf(1))).toBe(false);
});

test('a server that had followed up to the write proves it by the new address', () => {
  const unseen = sent(1, 2);
  unseen.answered('ns1', addressOf(2));
  expect(unseen.isAsBefore(viewOf(1))).toBe(false);
});

test('a server that lags proves nothing: its answer may be the one before the last', () => {
  const unseen = sent(1, 2);
  unseen.answered('ns2', addressOf(2));
  unseen.answered('ns2', addressOf(2));
  expect(unseen.isAsBefore(viewOf(1))).toBe(true);
});

test('a write that is taken back leaves the one before it unseen', () => {
  const unseen = sent(1, 2);
  unseen.sends(write(3, 2));
  unseen.takesBack();
  expect(unseen.isAsBefore(viewOf(1))).toBe(true);
});

test('a write of the mark alone has nothing to be seen', () => {
  expect(sent(2, 2).isAsBefore(viewOf(2))).toBe(false);
});

import { expect, it } from 'vitest';
import type { CallBudget } from '../../apps/server/src/worker/budget.ts';
import { countWaits } from './count-waits.ts';
import { updatesIn } from './zone-bind.ts';

const line = (port: number, key: string, what: string) =>
  `23-Nov-2026 04:00:00.000 client @0x7f00 127.0.0.1#${port}/key ${key}: updating zone 'example.test/IN': ${what}`;

it('counts an update of BIND once, whatever it added and deleted, and none that was refused or another’s', () => {
  const log = [
    line(4001, 'test-sha256', "deleting rrset at 'c1.example.test' A"),
    line(4001, 'test-sha256', "adding an RR at 'c1.example.test' A 198.18.0.1"),
    line(4001, 'test-sha256', `adding an RR at '_serverctl.c1.example.test' TXT "v=1"`),
    line(4002, 'test-sha256', `adding an RR at '_serverctl.c1.example.test' TXT "v=1"`),
    line(4003, 'test-sha256', "adding an RR at 'c12.example.test' A 198.18.0.1"),
    line(4004, 'test-sha512', "adding an RR at 'c1.example.test' A 192.0.2.66"),
    line(4005, 'test-sha256', "update unsuccessful: c1.example.test/A: 'RRset exists' prerequisite not satisfied"),
  ].join('\n');
  expect(updatesIn(log, 'c1.example.test', 'test-sha256')).toBe(2);
});

it('counts failovers that were not let in before the event loop turned, and no reads in calm (R22)', async () => {
  const turn = () => new Promise<void>((resolve) => void setTimeout(resolve, 5));
  const inner: CallBudget = {
    enter: async () => true,
    enterTwice: async () => null,
    enterKept: () => turn().then(() => null),
    isPressed: () => false,
    holdOff() {},
  };
  const { budget, waited } = countWaits(inner);
  const { signal } = new AbortController();
  await budget.enter('credential', 'failover', signal);
  await budget.enterTwice('credential', signal);
  await turn();
  expect(waited()).toBe(0);
  await budget.enterKept('credential', signal);
  expect(waited()).toBe(1);
  const late: CallBudget = { ...inner, enter: () => turn().then(() => true) };
  const calm = countWaits(late);
  await calm.budget.enter('credential', 'background', signal);
  expect(calm.waited()).toBe(0);
  await calm.budget.enter('credential', 'failover', signal);
  expect(calm.waited()).toBe(1);
});

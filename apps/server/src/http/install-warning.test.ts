import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { issueEnrolment } from '../services/members/enrolment.ts';
import { memberInput } from './testing/built-edge.ts';
import { type OperatorHouse, openOperatorHouse } from './testing/operator-house.ts';

let directory: string;
let house: OperatorHouse;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'sct-warning-'));
  house = await openOperatorHouse(directory);
  await house.client.pools.add({ name: 'edge' });
});
afterAll(async () => {
  await house.close();
  await rm(directory, { recursive: true });
});

test.each([
  ['https://127.0.0.1:7400', ['198.51.100.7'], true],
  ['https://localhost:7400', ['198.51.100.7'], true],
  ['https://[::1]:7400', ['198.51.100.0/24'], true],
  ['https://127.0.0.1:7400', ['127.0.0.1'], false],
  ['https://control.example.com', ['198.51.100.7'], false],
])('a line to %s for a host seen from %j is warned about: %s', async (url, egress, isWarned) => {
  const { member } = await house.client.members.add('edge', memberInput(1));
  const row = await house.deps.db
    .selectFrom('member')
    .selectAll()
    .where('id', '=', member.id)
    .executeTakeFirstOrThrow();
  const deps = { ...house.deps, installer: { ...house.deps.installer, url } };
  const { warnings } = await house.deps.db
    .transaction()
    .execute((trx) => issueEnrolment(trx, deps, { ...row, allowed_egress: egress }, 15));
  expect(warnings.join()).toContain(isWarned ? 'SERVERCTL_PUBLIC_URLS' : '');
  expect(warnings).toHaveLength(isWarned ? 1 : 0);
  await house.client.members.remove('edge', member.id);
});

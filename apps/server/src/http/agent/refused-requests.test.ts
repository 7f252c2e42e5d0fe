import { agentPaths, agentRequestLimitBytes } from '@serverctl/contract/agent';
import { AppError, errorCatalogue, httpStatus } from '@serverctl/core';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { attemptLimits } from './attempts.ts';
import { type AgentHouse, openAgentHouse, type TestMember } from './testing/agent-house.ts';
import {
  askNonce,
  beat,
  enrolled,
  enrolRequest,
  heartbeat,
  started,
  type TestAgent,
  tokenRequest,
} from './testing/test-agent.ts';

let house: AgentHouse;
let agent: TestAgent;
let member: TestMember;
let session: Awaited<ReturnType<typeof started>>;
beforeAll(async () => {
  house = await openAgentHouse({ attemptLimits: { ...attemptLimits, burst: 1e9 } });
  member = await house.addMember();
  agent = await enrolled(house, member);
  session = await started(house, agent);
});
afterAll(() => house.close());

type Reply = Awaited<ReturnType<AgentHouse['post']>>;

/** Every refusal is a whole catalogue entry with a request id, and shows nothing of ours. */
function expectFromCatalogue(reply: Reply) {
  const { error } = reply.json();
  const spec = errorCatalogue[error.code as keyof typeof errorCatalogue];
  expect(spec, reply.body).toBeDefined();
  expect(reply.statusCode).toBe(httpStatus[spec.category]);
  expect(error).toMatchObject({
    message: new AppError(error.code, error.details).message,
    remedy: spec.remedy,
    requestId: expect.any(String),
  });
  expect(error.code, reply.body).not.toBe('internal');
}

test('a body over 64 KiB is refused unread, on every route', async () => {
  const huge = JSON.stringify({ padding: 'x'.repeat(agentRequestLimitBytes) });
  for (const path of Object.values(agentPaths)) {
    const reply = await house.post(path, huge, undefined, session.token);
    expectFromCatalogue(reply);
    expect(reply.json().error.code).toBe('request_too_large');
  }
});

test('text that is no JSON, an empty body and another content type are refused', async () => {
  const bodies = ['', '{', '[1', 'null', '"text"', '{"__proto__": {"a": 1}}', '\u0000'];
  for (const path of Object.values(agentPaths)) {
    for (const body of bodies) {
      const reply = await house.post(path, body, undefined, session.token);
      expectFromCatalogue(reply);
      expect(reply.json().error.code).toBe('request_invalid');
    }
    const form = await house.app.inject({
      method: 'POST',
      url: path,
      payload: 'a=b',
      headers: { 'content-type': 'application/x-www-form-urlencoded', authorization: `Bearer ${session.token}` },
    });
    expectFromCatalogue(form);
  }
});

test('any JSON value in place of a request or of one of its fields is refused by the catalogue, or means what it says', async () => {
  const value = fc.oneof(
    fc.jsonValue({ maxDepth: 3 }),
    fc.string({ unit: 'binary' }),
    fc.constant('\u0000'),
    fc.constant('\ud800'),
  );
  const requests: readonly (readonly [string, object])[] = [
    [agentPaths.enrol, enrolRequest(agent)],
    [agentPaths.nonce, { memberId: member.id }],
    [agentPaths.token, tokenRequest(agent, 'n', null)],
    [agentPaths.heartbeat, heartbeat(member, session.boot, 1)],
  ];
  const mutated = fc
    .tuple(fc.constantFrom(...requests), fc.option(fc.nat(20)), value)
    .map(([[path, request], field, put]) => ({ path, body: mutate(request, field, put) }));
  await fc.assert(
    fc.asyncProperty(mutated, async ({ path, body }) => {
      const reply = await house.post(path, body, undefined, session.token);
      if (reply.statusCode !== 200) expectFromCatalogue(reply);
    }),
    { numRuns: 600 },
  );
});

test('no text that a host may send breaks the batch of the others', async () => {
  const texts = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom('\u0000', '\ud800', "';--", '\\', '{"', 'ü'),
  );
  let seq = 1_000_000;
  await fc.assert(
    fc.asyncProperty(texts, fc.constantFrom('agentVersion', 'publicIpv4', 'hostname'), async (text, field) => {
      const body = { ...heartbeat(member, session.boot, ++seq), [field]: text };
      const [unit] = body.units;
      await beat(house, session, { ...body, units: [{ ...unit, activeState: text }] });
      await beat(house, session, body);
      await house.store();
    }),
    { numRuns: 150 },
  );
  expect(house.listener.statistics().failedStatements).toBe(0);
});

test('no secret, key, nonce or token is ever logged (I16)', async () => {
  const other = await house.addMember();
  const wrong = enrolRequest({ ...agent, member: other }, { hostname: 'wrong.example.com' });
  await house.post(agentPaths.enrol, wrong);
  await house.post(agentPaths.enrol, { ...wrong, surplus: other.secret });
  await house.post(agentPaths.enrol, `{"secret": "${other.secret}"`);
  const fresh = await enrolled(house, other);
  const nonce = await askNonce(house, other.id);
  const request = tokenRequest(fresh, nonce, null);
  await house.post(agentPaths.token, request);
  await house.post(agentPaths.token, request);
  const { token } = await started(house, fresh);
  await house.post(agentPaths.heartbeat, heartbeat(other, 1, 1), undefined, token);
  await house.post(agentPaths.heartbeat, heartbeat(other, 1, 1), undefined, `${token}x`);
  const logged = house.logged();
  expect(logged).toContain('a heartbeat without a valid token');
  for (const secret of [other.secret, nonce, request.signature, token, token.split('.').at(-1) ?? '']) {
    expect(logged).not.toContain(secret);
  }
});

function mutate(request: object, field: number | null, put: unknown): unknown {
  if (field === null) return put;
  const keys = Object.keys(request);
  return { ...request, [keys[field] ?? `surplus${field}`]: put };
}

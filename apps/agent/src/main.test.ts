import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { agentPaths } from '@serverctl/contract/agent';
import { describe, expect, it } from 'vitest';
import { createAgentHost } from './testing/agent-host.ts';

/** The agent as it is started from a checkout: by this Node. compiled.test.ts has the one that hosts get. */
const main = new URL('./main.ts', import.meta.url).pathname;
const host = () => createAgentHost([process.execPath, main]);

describe('the agent as a process', () => {
  it('enrols, is heard, tells a change at once, and ends when asked to', async () => {
    const { plane, stateFile, enrol, run, directory } = await host();
    plane.reply = { ...plane.reply, role: 'active', epoch: 4, units: ['haproxy.service'] };
    const enrolled = await enrol();
    expect(enrolled).toMatchObject({ code: 0, text: expect.stringContaining('member m-1 of pool edge') });
    expect(enrolled.text).not.toContain(plane.secret);

    const { child, ended } = run();
    await plane.until(() => plane.beats.some(({ units }) => units[0]?.activeState === 'active'));
    const before = plane.beats.length;
    await writeFile(stateFile, '{"units":{"haproxy.service":{"activeState":"failed"}}}');
    await plane.until(() => plane.beats.some(({ units }) => units[0]?.activeState === 'failed'));
    expect(plane.beats.length - before).toBeLessThanOrEqual(3);
    child.kill('SIGTERM');
    expect((await ended).code).toBe(0);
    expect(plane.beats[0]).toMatchObject({ boot: 1, seq: 1, hostname: 'm1.lab.test', agentVersion: '0.1.0+simulated' });
    expect(plane.problems).toEqual([]);
    const kept = JSON.parse(await readFile(join(directory, 'state', 'last-known.json'), 'utf8')) as object;
    expect(kept).toEqual({ role: 'active', epoch: 4, units: ['haproxy.service'] });
  });

  it('started again asks for a new boot, and watches at once what was wanted last', async () => {
    const { plane, enrol, run } = await host();
    plane.reply = { ...plane.reply, units: ['haproxy.service'] };
    await enrol();
    const first = run();
    await plane.untilBeats(3); // the second is the urgent one; by the third what was wanted is kept
    first.child.kill('SIGKILL');
    await first.ended;
    plane.beats.length = 0;
    run();
    await plane.untilBeats(1);
    expect(plane.tokenRequests.map(({ boot }) => boot)).toEqual([null, null]);
    expect(plane.beats[0]).toMatchObject({ boot: 2, seq: 1, units: [{ unit: 'haproxy.service' }] });
  });

  it('ends with 3 and words where the host is not enrolled', async () => {
    const { startHere } = await host();
    for (const command of ['run', 'status']) {
      expect(await startHere([command]).ended).toMatchObject({
        code: 3,
        text: expect.stringContaining('not_enrolled'),
      });
    }
  });

  it('shows a refusal with message, remedy and code, and ends with 5', async () => {
    const { plane, enrol } = await host();
    plane.once(agentPaths.enrol, { status: 401, code: 'enrolment_expired' });
    const { code, text } = await enrol();
    expect(code).toBe(5);
    expect(text).toContain('It was refused.');
    expect(text).toContain('Do this. [enrolment_expired]');
  });

  it('says who the host is, in words and as JSON', async () => {
    const { plane, enrol, startHere } = await host();
    await enrol();
    expect((await startHere(['status']).ended).text).toContain('m-1 of pool edge');
    const { code, text } = await startHere(['status', '--json']).ended;
    expect(code).toBe(0);
    expect(JSON.parse(text)).toMatchObject({ memberId: 'm-1', urls: [plane.url], lastKnown: null });
  });
});

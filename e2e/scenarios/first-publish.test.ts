import type { FirstPublishView } from '@serverctl/contract';
import { describe, expect, it } from 'vitest';
import { closingTests } from '../src/closing-tests.ts';
import { addPool } from '../src/edge.ts';
import { labMissing, scenario } from '../src/scenario.ts';

/* Three pools of one host each, one for each thing a record may hold when DNS is connected (PRODUCT.md section 4, First publish). */
describe.skipIf(labMissing)(`first publish${labMissing ? ` (skipped: ${labMissing})` : ''}`, () => {
  const at = scenario('first-publish', 3);
  const expectPublish = (pool: string, to: string) =>
    at.expectMove({ pool, kind: 'first-publish', to, cause: 'first-publish' });
  const name = (label: string) => `${label}.${at.stage.dns.zone}`;
  const answers = (label: string) => at.stage.lab.dns.dig(name(label), 'A');
  const mark = (label: string) => at.stage.lab.dns.dig(`_serverctl.${name(label)}`, 'TXT');
  const propose = (pool: string) => at.plane.cli<FirstPublishView>('pool', 'publish', pool, '--preview');
  const hand = async (line: string) => expect((await at.stage.lab.dns.nsupdate(`${line}\nsend\n`)).status).toBe(0);

  async function connect(pool: string, index: number) {
    const member = at.stage.members[index]!;
    await addPool(at.plane, at.stage, { name: pool, delaySeconds: 10 }, [member]);
    await at.looks.until(pool, 'the host ready', ({ status }) => status.members[0]?.ready === true);
    return member;
  }

  it('proposes the first ready member where no record is, and writes record and mark on confirmation', async () => {
    const member = await connect('absent', 0);
    const proposal = await propose('absent');
    expect(proposal).toMatchObject({ kind: 'create' });
    expect(await answers('absent')).toEqual([]);
    expectPublish('absent', member.name);
    await at.plane.cli('pool', 'publish', 'absent', '--yes');
    await at.looks.until('absent', 'published', ({ status }) => status.bindings[0]?.state === 'published');
    expect(await answers('absent')).toEqual([member.address]);
    expect((await mark('absent')).join()).toMatch(/v=1 cp=\w+ pool=\w+ epoch=1/);
  });

  it('proposes the member the record names already, and keeps the address', async () => {
    const address = at.stage.members[1]!.address;
    await hand(`update add ${name('adopted')} 60 A ${address}`);
    const member = await connect('adopted', 1);
    const proposal = await propose('adopted');
    expect(proposal).toMatchObject({ kind: 'adopt' });
    expect(member.address).toBe(address);
    expectPublish('adopted', member.name);
    await at.plane.cli('pool', 'publish', 'adopted', '--yes');
    await at.looks.until('adopted', 'published', ({ status }) => status.bindings[0]?.state === 'published');
    expect(await answers('adopted')).toEqual([address]);
    expect((await mark('adopted')).join()).toContain('epoch=1');
  });

  it('shows any other record and writes nothing until a person takes it over', async () => {
    await hand(`update add ${name('foreign')} 86400 A 10.77.0.200`);
    const member = await connect('foreign', 2);
    const proposal = await propose('foreign');
    expect(proposal).toMatchObject({ kind: 'take-over' });
    expect(proposal.records[0]).toMatchObject({ addresses: ['10.77.0.200'], ttlSeconds: 86_400 });
    const refused = await at.plane.tryCli('pool', 'publish', 'foreign', '--yes', '--json');
    expect(refused.status).not.toBe(0);
    expect(`${refused.stdout}${refused.stderr}`).toContain('record_not_ours');
    expect(await answers('foreign')).toEqual(['10.77.0.200']);
    expect(await mark('foreign')).toEqual([]);
    expectPublish('foreign', member.name);
    await at.plane.cli('pool', 'publish', 'foreign', '--take-over', '--yes');
    await at.looks.until('foreign', 'published', ({ status }) => status.bindings[0]?.state === 'published');
    expect(await answers('foreign')).toEqual([member.address]);
  });

  closingTests(at, []);
});

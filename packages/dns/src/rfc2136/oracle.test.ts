import type { DnsName } from '@serverctl/core';
import { formatMark, type InstanceId, type Ipv4, type Ipv6, markName, type PoolId } from '@serverctl/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startTestBind, type TestBind, whyNoBind } from '../testing/index.ts';
import { host } from '../testing/platform/host.ts';
import { createRfc2136Provider } from './index.ts';

const zone = 'example.test' as DnsName;
const instance = 'aaaaaaaaaaaa' as InstanceId;
const mark = { instance, pool: 'pppppppppppp' as PoolId, epoch: 7 };
const soon = () => AbortSignal.timeout(10_000);
const refOf = (name: string) => ({ zone, name: `${name}.${zone}` as DnsName, type: 'A' as const });
const reason = whyNoBind();

/** BIND's own tools say whether we mean by a message what everybody means by it. */
describe.skipIf(reason !== null)(`nsupdate and dig${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  let bind: TestBind;
  beforeAll(async () => {
    bind = await startTestBind({ zone, records: ['signed IN TXT "untouched"'] });
  });
  afterAll(() => bind?.stop());

  const provider = (key: keyof TestBind['keys'] = 'sha256', change: { secret?: string; name?: string } = {}) =>
    createRfc2136Provider({
      ...{ host: bind.address, port: bind.port, key: { ...bind.keys[key], ...change }, instance },
      ...host,
    });

  it('write what we read', async () => {
    const ref = refOf('theirs');
    const finished = await bind.nsupdate([
      `prereq nxrrset ${ref.name} A`,
      `update add ${ref.name} 30 A 192.0.2.8`,
      `update add ${ref.name} 30 A 192.0.2.7`,
      `update add ${markName(ref)} 30 TXT "${formatMark(mark)}"`,
    ]);
    expect(finished).toMatchObject({ status: 0, stderr: '' });
    expect(await provider().read(ref, soon())).toEqual({
      rrset: { addresses: ['192.0.2.7', '192.0.2.8'], ttlSeconds: 30 },
      mark: { kind: 'ours', mark },
      cname: false,
    });
  });

  it.each(['sha256', 'sha384', 'sha512'] as const)('read what we write with hmac-%s', async (key) => {
    const ref = refOf(`ours-${key}`);
    const expected = await provider(key).read(ref, soon());
    const next = { address: '192.0.2.9' as Ipv4, ttlSeconds: 30 };
    await provider(key).replace({ ref, expected, next, mark }, soon());
    expect(await bind.dig(ref.name, 'A')).toEqual(['192.0.2.9']);
    expect(await bind.dig(markName(ref), 'TXT')).toEqual([`"${formatMark(mark)}"`]);
  });

  it('read the AAAA that we write, and nothing of it once we have withdrawn it', async () => {
    const ref = { ...refOf('both'), type: 'AAAA' as const };
    await bind.nsupdate([`update add ${ref.name} 30 A 192.0.2.1`, `update add ${ref.name} 30 AAAA 2001:DB8:0::00A`]);
    const held = await provider().read(ref, soon());
    expect(held.rrset).toEqual({ addresses: ['2001:db8::a'], ttlSeconds: 30 });
    const next = { address: '2001:db8::b' as Ipv6, ttlSeconds: 30 };
    await provider().replace({ ref, expected: held, next, mark }, soon());
    expect(await bind.dig(ref.name, 'AAAA')).toEqual(['2001:db8::b']);
    const expected = await provider().read(ref, soon());
    await provider().withdrawAaaa({ ref, expected, mark: { ...mark, epoch: 8 } }, soon());
    expect(await bind.dig(ref.name, 'AAAA')).toEqual([]);
    expect(await bind.dig(ref.name, 'A')).toEqual(['192.0.2.1']);
    expect(await bind.dig(markName(ref), 'TXT')).toEqual([`"${formatMark({ ...mark, epoch: 8 })}"`]);
  });

  it('fail with the rcode that our code stands for', async () => {
    const ref = refOf('contested');
    await bind.nsupdate([`update add ${ref.name} 30 A 192.0.2.1`]);
    const expected = {
      rrset: { addresses: ['192.0.2.2'], ttlSeconds: 30 },
      mark: { kind: 'none' },
      cname: false,
    } as const;
    const request = { ref, expected, next: { address: '192.0.2.3' as Ipv4, ttlSeconds: 30 }, mark };
    const move = [`update delete ${ref.name} A`, `update add ${ref.name} 30 A 192.0.2.3`];

    const stale = await bind.nsupdate([`prereq yxrrset ${ref.name} A 192.0.2.2`, ...move]);
    expect(stale.stderr).toContain('NXRRSET');
    const ours = provider().replace(request, soon());
    await expect(ours).rejects.toMatchObject({ code: 'dns_rrset_drifted', details: { rcode: 'NXRRSET' } });

    const forbidden = await bind.nsupdate(move, 'nothing');
    expect(forbidden.stderr).toContain('REFUSED');
    const refused = provider('nothing').replace(request, soon());
    await expect(refused).rejects.toMatchObject({ code: 'dns_not_allowed', details: { rcode: 'REFUSED' } });

    const wrongly = provider('sha256', { secret: bind.keys.nothing.secret }).replace(request, soon());
    await expect(wrongly).rejects.toMatchObject({ code: 'dns_tsig_wrong_secret', details: { rcode: 'NOTAUTH' } });
    expect(await bind.dig(ref.name, 'A')).toEqual(['192.0.2.1']);
  });
});

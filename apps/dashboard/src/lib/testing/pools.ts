import type { BindingStatus, MemberStatus, PoolView } from '@serverctl/contract';
import { bindingStatus, memberStatus, type PoolChanges, poolView } from '@serverctl/contract/testing';

const at = '2026-11-24T08:20:00.000Z';
const address = '192.0.2.11';

/** A member that does well, and what is otherwise about it. */
export function member(id: string, otherwise: Partial<MemberStatus> = {}): MemberStatus {
  return memberStatus({ id, hostname: `${id}.example.com`, address, ...otherwise });
}

/** A name with a TTL of 30 s, which all its servers answer with the address of each member. */
export function binding(otherwise: Partial<BindingStatus> = {}): BindingStatus {
  const right = { addresses: [address], ok: true, error: null };
  return bindingStatus({
    id: 'binding',
    ttlSeconds: 30,
    effectiveTtlSeconds: 30,
    ttlSentence: 'Clients are back after about 45 s.',
    credentialId: 'credential',
    desiredAddress: address,
    published: [
      { server: 'ns1.example.com', ...right },
      { server: 'ns2.example.com', ...right },
    ],
    changedAt: at,
    ...otherwise,
  });
}

/** A calm pool: fra is active, ams is next. */
export function pool({ status = {}, ...otherwise }: PoolChanges = {}): PoolView {
  return poolView({
    id: 'pool',
    name: 'web-edge',
    failoverDelaySeconds: 15,
    activeMemberId: 'fra',
    createdAt: at,
    lastPromotion: { kind: 'switchover', at },
    ...otherwise,
    status: {
      sentence: 'fra.example.com is healthy.',
      nextInLine: 'ams',
      clientsBackSeconds: 45,
      at,
      members: [member('fra', { role: 'active', ready: false, place: null }), member('ams')],
      bindings: [binding()],
      ...status,
    },
  });
}

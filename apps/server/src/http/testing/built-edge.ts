import type { OperatorHouse } from './operator-house.ts';
import { tsigSecret, zoneName } from './operator-house.ts';

/** What most tests begin with: pool `edge` with an active lb1 and a standby lb2 at lb.example.com, and an empty pool `other`. */
export interface BuiltEdge {
  readonly pool: string;
  readonly other: string;
  readonly lb1: string;
  readonly lb2: string;
  readonly credential: string;
  readonly binding: string;
}

export const goodKey = {
  provider: 'rfc2136',
  host: 'ns1.example.com',
  port: 53,
  keyName: 'edge-key',
  secret: tsigSecret,
} as const;

export async function buildEdge({ client }: OperatorHouse): Promise<BuiltEdge> {
  const pool = await client.pools.add({ name: 'edge' });
  const other = await client.pools.add({ name: 'other' });
  const lb1 = await client.members.add(pool.id, memberInput(1));
  const lb2 = await client.members.add(pool.id, memberInput(2));
  const { credential } = await client.credentials.add({ name: 'bind', settings: goodKey });
  const name = `lb.${zoneName}`;
  const { binding } = await client.bindings.add(pool.id, { name, zone: zoneName, credentialId: credential.id });
  await client.firstPublish.confirm(pool.id, { memberId: lb1.member.id, confirmNotReady: true });
  return {
    pool: pool.id,
    other: other.id,
    lb1: lb1.member.id,
    lb2: lb2.member.id,
    credential: credential.id,
    binding: binding.id,
  };
}

export function memberInput(number: number) {
  return {
    hostname: `lb${number}.example.com`,
    allowedEgress: [`198.51.100.${10 + number}`],
    publicIpv4: `198.51.100.${10 + number}`,
  };
}

import { createHash } from 'node:crypto';
import type { EnrolmentProgress } from '@serverctl/contract';
import { newestEnrolment } from '../../db/repositories/enrolment.ts';
import { presentKey } from '../../db/repositories/member-keys.ts';
import { getMember, readLiveness } from '../../db/repositories/members.ts';
import { getPool } from '../../db/repositories/pools.ts';
import type { ServiceDeps } from '../deps.ts';
import type { MemberRefs } from './member-service.ts';
import type { Installed, Sighting } from './sightings.ts';

/**
 * How far the host has come since its newest install line was made (R34). Ages come from the database and from this process's own clock, so
 * that two clocks that differ show nothing of before as new.
 */
export async function readProgress(
  { db, clock, installer }: Pick<ServiceDeps, 'db' | 'clock' | 'installer'>,
  refs: MemberRefs,
): Promise<EnrolmentProgress> {
  const pool = await getPool(db, refs.poolId);
  const member = await getMember(db, pool.id, refs.memberId);
  const [line, key, [liveness]] = [
    await newestEnrolment(db, member.id),
    await presentKey(db, member.id),
    await readLiveness(db, member.id),
  ];
  const nowMs = clock.now();
  const newest = (what: Installed) =>
    line === null ? null : installer.sightings.newest(what, member.allowed_egress, nowMs - line.age_ms);
  const fetched = ({ atMs, from }: Sighting) => ({
    at: new Date(clock.wallTime().getTime() - (nowMs - atMs)).toISOString(),
    from,
  });
  const [script, agent] = [newest('script'), newest('agent')];
  const isHeard = key !== null && liveness !== undefined && liveness.age_ms < key.age_ms;
  return {
    memberId: member.id,
    line: line && {
      madeAt: line.created_at.toISOString(),
      expiresAt: line.expires_at.toISOString(),
      usedAt: line.used_at?.toISOString() ?? null,
    },
    script: script && fetched(script),
    agent: agent && { ...fetched(agent), version: agent.version ?? '' },
    key: key && {
      enrolledAt: key.enrolled_at.toISOString(),
      fingerprint: fingerprintOf(key.public_key),
      sinceLine: line !== null && key.age_ms <= line.age_ms,
    },
    heard: isHeard ? { from: liveness.seen_ip, agentVersion: liveness.agent_version } : null,
  };
}

/** As the agent names the file of its key (apps/agent/src/identity.ts), so that a person can compare both. */
function fingerprintOf(publicKey: Uint8Array): string {
  return createHash('sha256').update(publicKey).digest('hex').slice(0, 16);
}

import type { PoolView } from '@serverctl/contract';
import { healthWords, poolStateWords } from '../../lib/pool/health-words.ts';
import { activeOf } from '../../lib/pool/names.ts';

/** What changed between two looks at a pool, for readers: transitions only, no ages. Empty = nothing of the kind. */
export function transitionsOf(before: PoolView, now: PoolView): readonly string[] {
  const said: string[] = [];
  const active = activeOf(now);
  if (before.activeMemberId !== now.activeMemberId && active !== null) said.push(`${active.hostname} is active now.`);
  for (const member of now.status.members) {
    const was = before.status.members.find(({ id }) => id === member.id);
    if (was !== undefined && was.health !== member.health)
      said.push(`${member.hostname}: ${healthWords[member.health].word}.`);
  }
  if (before.status.state !== now.status.state)
    said.push(`${poolStateWords[now.status.state].word}: ${now.status.sentence}`);
  return said;
}

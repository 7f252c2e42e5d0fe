import type { MemberStatus, PoolView, PromotionView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import { useLiveStore } from '../../lib/live/use-live.ts';
import { isMove } from '../../lib/pool/promotion-words.ts';
import { placeText, readinessWords } from '../../lib/pool/standby-words.ts';
import { sinceText } from '../../lib/words.ts';
import { EmptyState } from '../../ui/absent.tsx';
import { ActLink } from '../../ui/act-link.tsx';
import { Box, Section } from '../../ui/box.tsx';
import { MemberCard } from '../../ui/member-card.tsx';
import { StateWord } from '../../ui/state.tsx';
import { MemberTable } from './member-table.tsx';

/** Above so many, a table takes the place of the cards. */
const mostCards = 12;

export interface MemberCardsProps {
  readonly pool: PoolView;
  readonly last: PromotionView | null;
}

export function MemberCards({ pool, last }: MemberCardsProps) {
  const { members } = pool.status;
  const asCards = members.length <= mostCards;
  return (
    <Section
      id="members"
      className="sec"
      title="Members"
      aside={
        <span className="ml-auto">
          <ActLink act="add-member" kind="bare">
            Add member
          </ActLink>
        </span>
      }
      {...(asCards &&
        members.length > 0 && { hint: 'each bar is one second, newest on the right; a stub is a missed heartbeat' })}
    >
      {members.length === 0 && (
        <Box>
          <EmptyState title="No member yet">
            A member is a Linux host that this pool can send clients to. Two make failover possible.
          </EmptyState>
        </Box>
      )}
      {asCards ? (
        <div className="members">
          {members.map((member) => (
            <MemberCard
              key={member.id}
              pool={pool}
              member={member}
              heading={
                <h3 className="cut" title={member.hostname}>
                  <Link to="/pools/$pool/members/$member" params={{ pool: pool.id, member: member.id }}>
                    {member.hostname}
                  </Link>
                </h3>
              }
              foot={<Foot pool={pool} member={member} last={last} />}
            />
          ))}
        </div>
      ) : (
        <MemberTable pool={pool} members={members} />
      )}
      {pool.preset !== 'haproxy' && members.length > 0 && pool.status.bindings.length > 0 && (
        <p className="tiny dimmer mt-2">
          Clients must use the pool’s name, never a member’s own address: only the name moves.
        </p>
      )}
    </Section>
  );
}

/** Of the active member since when, of a standby whether it could take over and why; and the one thing that helps. */
function Foot({ pool, member, last }: MemberCardsProps & { readonly member: MemberStatus }) {
  return (
    <>
      <Standing member={member} last={last} />
      <Helps pool={pool} member={member} />
    </>
  );
}

function Standing({ member, last }: { readonly member: MemberStatus; readonly last: PromotionView | null }) {
  const { store } = useLiveStore();
  if (member.role === 'none') return <span className="dim">{member.standingSentence}</span>;
  if (member.role === 'active') {
    const isSince = last !== null && last.toMemberId === member.id && isMove(last);
    const since = isSince ? ` for ${sinceText(store.serverNowMs() - Date.parse(last.decidedAt))}` : '';
    return <span className="dim">Active{since}</span>;
  }
  const { shape, word } = readinessWords(member);
  return (
    <>
      <StateWord shape={shape}>{word}</StateWord>
      <span className="dim line-clamp-2" title={member.standingSentence}>
        {member.ready && member.place !== null ? placeText(member.place) : member.standingSentence}
      </span>
    </>
  );
}

function Helps({ pool, member }: { readonly pool: PoolView; readonly member: MemberStatus }) {
  const about = { member: member.id, needs: 'member:write', size: 'tiny' } as const;
  if (member.quarantined !== null)
    return (
      <ActLink act="clear-quarantine" {...about}>
        Clear quarantine…
      </ActLink>
    );
  if (member.refusedBecause === 'ip')
    return (
      <ActLink act="allow-address" {...about}>
        Allow address…
      </ActLink>
    );
  if (member.refusedBecause === 'hostname')
    return (
      <ActLink act="edit-member" {...about}>
        Change hostname…
      </ActLink>
    );
  if (member.heartbeatAgeMs === null)
    return (
      <ActLink act="enrol-member" {...about}>
        New install line…
      </ActLink>
    );
  if (member.role !== 'standby' || !member.ready || pool.activeMemberId === null) return null;
  return (
    <ActLink act="make-active" {...about}>
      Make active…
    </ActLink>
  );
}

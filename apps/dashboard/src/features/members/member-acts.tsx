import type { MemberStatus, PoolView } from '@serverctl/contract';
import type { ActName } from '../../lib/act/acts.ts';
import { ActLink } from '../../ui/act-link.tsx';
import { Box, Section } from '../../ui/box.tsx';

interface Verb {
  readonly act: ActName;
  readonly word: string;
  readonly line: string;
  readonly isDangerous?: boolean;
}

/** What can be done to a member as it is, each in one line; what destroys comes last and apart. */
export function MemberActs({ pool, member }: { readonly pool: PoolView; readonly member: MemberStatus }) {
  const verbs = verbsFor(pool, member);
  const row = ({ act, word, line, isDangerous = false }: Verb) => (
    <li key={act}>
      <div className="grow">
        <div className="strong">{word}</div>
        <div className="small dim">{line}</div>
      </div>
      <ActLink act={act} member={member.id} size="tiny" kind={isDangerous ? 'danger' : 'plain'}>
        {word}…
      </ActLink>
    </li>
  );
  return (
    <Section id="acts" title="What can be done">
      <Box className="pad">
        <ul className="list verbs">{verbs.map(row)}</ul>
      </Box>
      <Box className="pad mt-5">
        <ul className="list verbs">
          {row({
            act: 'remove-member',
            word: 'Remove',
            line: 'Its key is revoked and its history kept.',
            isDangerous: true,
          })}
        </ul>
      </Box>
    </Section>
  );
}

function verbsFor(pool: PoolView, member: MemberStatus): readonly Verb[] {
  const { hostname, role, maintenance, quarantined, refusedBecause, refusedSeen, heartbeatAgeMs } = member;
  const isAsked = (holds: boolean, verb: Verb): readonly Verb[] => (holds ? [verb] : []);
  return [
    ...isAsked(quarantined !== null, {
      act: 'clear-quarantine',
      word: 'Clear quarantine',
      line: 'Two hosts used its key, and you know which is right.',
    }),
    ...isAsked(refusedBecause === 'ip', {
      act: 'allow-address',
      word: 'Allow address',
      line: `It is heard from ${refusedSeen}, which is not allowed.`,
    }),
    ...isAsked(role === 'standby' && pool.activeMemberId !== null, {
      act: 'make-active',
      word: 'Make active',
      line: `The pool’s names answer ${hostname}’s address then.`,
    }),
    {
      act: 'member-maintenance',
      word: maintenance === null ? 'Maintenance' : 'Change maintenance',
      line:
        maintenance === null
          ? 'Seen and not acted on, until a time.'
          : 'It is in maintenance: extend it, or end it now.',
    },
    { act: 'edit-member', word: 'Change', line: 'Hostname, addresses, zone, priority, units.' },
    {
      act: 'enrol-member',
      word: heartbeatAgeMs === null ? 'Install line' : 'New install line',
      line: 'For a host that is new, was set up anew, or lost its key.',
    },
  ];
}

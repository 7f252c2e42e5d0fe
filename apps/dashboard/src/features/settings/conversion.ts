import type { MemberStatus, PoolView } from '@serverctl/contract';
import type { Shape } from '../../ui/state.tsx';

export interface Consequence {
  readonly shape: Shape;
  readonly text: string;
}

/**
 * What converting a pool changes (PRODUCT.md, section 3). `unmonitored`: members whose HAProxy does not count; null = not known, then
 * nothing is said of any member: it would be untrue of those.
 */
export function conversionOf(
  pool: PoolView,
  to: PoolView['preset'],
  unmonitored: ReadonlySet<string> | null,
): readonly Consequence[] {
  return to === 'generic' ? toGeneric(pool) : toHaproxy(pool, unmonitored);
}

const alone: Consequence = {
  shape: 'not-applicable',
  text: 'The conversion alone moves no record: what is judged otherwise counts from then on.',
};

function toGeneric({ status, haproxyGraceSeconds }: PoolView): readonly Consequence[] {
  const stopped = status.members.filter(({ health, alsoHealth }) =>
    [health, ...alsoHealth].includes('haproxy-inactive'),
  );
  return [
    { shape: 'needs-you', text: 'Heartbeats alone count: HAProxy that stops on a member moves nothing any more.' },
    ...stopped.map(
      ({ hostname }): Consequence => ({
        shape: 'needs-you',
        text: `${hostname} would count as well while it is heard, though its HAProxy is inactive.`,
      }),
    ),
    { shape: 'not-applicable', text: `The HAProxy grace of ${haproxyGraceSeconds} s is kept, and not used.` },
    { shape: 'not-applicable', text: 'The overview shows no traffic.' },
    alone,
  ];
}

function toHaproxy(
  { status, haproxyGraceSeconds }: PoolView,
  unmonitored: ReadonlySet<string> | null,
): readonly Consequence[] {
  const judged = unmonitored === null ? [] : status.members.filter(({ id }) => !unmonitored.has(id));
  const others = unmonitored === null ? 0 : status.members.length - judged.length;
  return [
    {
      shape: 'needs-you',
      text: `HAProxy counts as well: inactive for longer than ${haproxyGraceSeconds} s, and the member is unhealthy.`,
    },
    ...judged.flatMap(withoutHaproxy),
    ...(others > 0
      ? [
          {
            shape: 'not-applicable',
            text: `On ${others} of the members HAProxy is not monitored, and does not count.`,
          } as const,
        ]
      : []),
    { shape: 'not-applicable', text: 'The overview shows sessions and requests.' },
    alone,
  ];
}

/** Members that would not be healthy then, by what systemd said of them last. */
function withoutHaproxy({ hostname, haproxy, role }: MemberStatus): readonly Consequence[] {
  if (haproxy?.startsWith('active') === true) return [];
  const who = role === 'active' ? `${hostname}, the active member,` : hostname;
  const text =
    haproxy === null
      ? `${who} has reported no HAProxy: it would be unknown, and no candidate.`
      : `${who} would not be healthy: systemd says ${haproxy} of its HAProxy.`;
  return [{ shape: 'needs-you', text }];
}

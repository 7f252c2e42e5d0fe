import type { BrakesView } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import type { ActProps } from '../../lib/act/acts.ts';
import { whyNotAllowed } from '../../lib/act/may-do.ts';
import { useAct } from '../../lib/act/use-act.ts';
import { poolsApi } from '../../lib/api/pools.ts';
import { meQuery } from '../../lib/queries.ts';
import { countText } from '../../lib/words.ts';
import { Problem, Skeleton } from '../../ui/absent.tsx';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { type CostLine, Costs } from '../../ui/costs.tsx';
import { When } from '../../ui/when.tsx';
import { turnedWords } from './brake-words.ts';

const againMs = 2_000;

/** `?act=brakes`: the limits on failovers of the whole fleet are released for ten minutes, or put in force again before (R9, R10). */
export function Brakes({ pool, onClose }: ActProps) {
  const { data: me } = useQuery(meQuery);
  const act = useAct(
    ({ reason }: Said): Promise<BrakesView> =>
      isRestoring ? poolsApi.restoreBrakes({ reason }) : poolsApi.releaseBrakes({ reason }),
  );
  // What was asked for is what is done after a proof: whether they are released is not looked at again meanwhile.
  const isOver = act.state.kind !== 'ready' && act.state.kind !== 'failed';
  const read = useQuery({
    queryKey: ['brakes'],
    queryFn: ({ signal }) => poolsApi.brakes(signal),
    enabled: !isOver,
    staleTime: 0,
    gcTime: 0,
    refetchInterval: isOver ? false : againMs,
  });
  // Once asked, the question stays what it was: the ten minutes may end under the pointer, and a yes to one is no yes to the other.
  const [asked, ask] = useState<'release' | 'restore' | null>(null);
  if (asked === null && read.data !== undefined && read.isFetchedAfterMount)
    ask(read.data.released === null ? 'release' : 'restore');
  const isRestoring = asked === 'restore';
  const notAllowed = whyNotAllowed(me, 'brakes:write', pool.id);
  return (
    <ActDialog
      title={isRestoring ? 'Put the brakes in force again?' : 'Release the brakes of all pools?'}
      lede="They limit failovers of the whole fleet, not of this pool alone."
      needsReason
      keep={isRestoring ? 'Leave them released' : 'Keep the brakes'}
      verb={isRestoring ? 'Restore the brakes' : 'Release for 10 minutes'}
      blocked={
        notAllowed ??
        (read.data === undefined || asked === null ? 'The brakes are being read.' : turnedWords(asked, read.data))
      }
      act={act}
      doneTitle="The brakes"
      done={(view) => <Done view={view} />}
      onClose={onClose}
    >
      {read.isPending && <Skeleton title="Reading the brakes" lines={4} />}
      {read.isError && read.data === undefined && (
        <Problem error={read.error} what="The brakes" onRetry={() => void read.refetch()} />
      )}
      {read.data !== undefined && <Shown view={read.data} />}
    </ActDialog>
  );
}

function Done({ view }: { readonly view: BrakesView }) {
  if (view.released === null) return <p>The brakes are in force again.</p>;
  return (
    <p>
      Released until <When at={view.released.until} className="strong nowrap" />: every failover passes. What waited for
      a brake moves now.
    </p>
  );
}

function Shown({ view }: { readonly view: BrakesView }) {
  const { released } = view;
  return (
    <>
      <p className="small">{view.sentence}</p>
      {released !== null && (
        <p className="small">
          Released until <When at={released.until} className="strong nowrap" /> by {released.by}: {released.reason}
        </p>
      )}
      <Costs title="What holds now" lines={holding(view)} />
      <Costs lines={[released === null ? releaseCost : restoreCost]} />
    </>
  );
}

const releaseCost: CostLine = {
  key: 'release',
  shape: 'needs-you',
  text: 'For 10 minutes every failover passes, however many members are silent: release them when what looks gone is really gone.',
};
const restoreCost: CostLine = {
  key: 'restore',
  shape: 'not-applicable',
  text: 'Failovers are limited again from now on. What has moved meanwhile stays where it is.',
};

function holding({ massSilence, velocity, braked }: BrakesView): readonly CostLine[] {
  return [
    {
      key: 'mass-silence',
      shape: massSilence.holds ? 'needs-you' : 'not-applicable',
      text: `Mass silence ${massSilence.holds ? 'holds' : 'does not hold'}:`,
      value: `${massSilence.silent} of ${countText(massSilence.members, 'member')} silent`,
    },
    {
      key: 'velocity',
      shape: velocity.holds ? 'needs-you' : 'not-applicable',
      text: `Velocity ${velocity.holds ? 'holds' : 'does not hold'}:`,
      value: `${velocity.promotions} of ${velocity.limit} failovers in a minute`,
    },
    ...massSilence.zones
      .filter(({ silent }) => silent > 0)
      .map(({ zone, silent, members, dead }) => ({
        key: `zone ${zone}`,
        shape: dead ? ('lost' as const) : ('needs-you' as const),
        text: `Zone ${zone}: ${silent} of ${members} silent${dead ? '; it is dead, and its pools fail over at normal speed' : ''}.`,
      })),
    ...braked.map(({ poolId, pool, because }) => ({
      key: `pool ${poolId}`,
      shape: 'needs-you' as const,
      text: `${pool} waits for the brake of ${because === 'velocity' ? 'velocity' : 'mass silence'}.`,
    })),
  ];
}

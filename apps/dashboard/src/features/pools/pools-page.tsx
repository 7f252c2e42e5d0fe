import { getRouteApi } from '@tanstack/react-router';
import { Download, Plus } from 'lucide-react';
import { lazy, Suspense } from 'react';
import { useStale } from '../../lib/act/use-stale.ts';
import { useLive } from '../../lib/live/use-live.ts';
import { useWhyNotAllowed } from '../../lib/use-may.ts';
import { useTitle } from '../../lib/use-title.ts';
import { EmptyState, Skeleton } from '../../ui/absent.tsx';
import { Box } from '../../ui/box.tsx';
import { Button } from '../../ui/button.tsx';
import { FindField } from '../../ui/find-field.tsx';
import { saveFile } from '../../ui/save-file.ts';
import { type Choice, Segments } from '../../ui/segments.tsx';
import { WayLink } from '../../ui/way-link.tsx';
import { poolsCsv } from './csv.ts';
import { glanceAt, inOrder, matches, summaryOf } from './glance.ts';
import { PoolRow } from './pool-row.tsx';

const AddPool = lazy(async () => ({ default: (await import('./add-pool.tsx')).AddPool }));

const route = getRouteApi('/signed-in/pools');

type Show = 'all' | 'needs-you' | 'serving' | 'setting-up';

const isShown: Readonly<Record<Show, (glance: ReturnType<typeof glanceAt>) => boolean>> = {
  all: () => true,
  'needs-you': ({ needsYou }) => needsYou,
  serving: ({ isServing }) => isServing,
  'setting-up': ({ isSettingUp }) => isSettingUp,
};

/** All pools, trouble first. */
export function PoolsPage() {
  const pools = useLive((state) => state.pools);
  useTitle('Pools');
  if (pools === null)
    return (
      <>
        <Head summary={null} />
        <Box className="mt-5">
          <Skeleton title="Reading the pools" lines={6} />
        </Box>
      </>
    );
  const all = [...pools.values()];
  return (
    <>
      <Head summary={all.length === 0 ? null : summaryOf(all)} />
      {all.length === 0 ? <NoPools /> : <Found pools={all} />}
      <AddPlace />
    </>
  );
}

function Head({ summary }: { readonly summary: ReturnType<typeof summaryOf> | null }) {
  return (
    <div className="head">
      <div>
        <h1>Pools</h1>
        <p className="sum" aria-live="polite">
          {summary?.served}{' '}
          {summary !== null && summary.stuck !== null && <b className="strong text-warn">{summary.stuck}</b>}
        </p>
      </div>
      {summary !== null && (
        <div className="acts">
          <AddLink />
        </div>
      )}
    </div>
  );
}

/** The dialog that the address asks for. */
function AddPlace() {
  const { add } = route.useSearch();
  const navigate = route.useNavigate();
  if (add === undefined) return null;
  const close = () => void navigate({ search: ({ add: _add, ...rest }) => rest, resetScroll: false });
  return (
    <Suspense>
      <AddPool onClose={close} />
    </Suspense>
  );
}

function AddLink() {
  const notAllowed = useWhyNotAllowed('pool:admin', null);
  const stale = useStale();
  return (
    <div className="grid justify-items-end gap-1">
      <WayLink
        className={notAllowed === null ? 'btn prime' : 'btn'}
        from="/pools"
        to="."
        search={(all) => ({ ...all, add: 'pool' })}
        resetScroll={false}
        why={notAllowed ?? stale}
      >
        <Plus size={14} aria-hidden="true" />
        Add pool
      </WayLink>
      {notAllowed !== null && <span className="tiny dimmer">{notAllowed}</span>}
    </div>
  );
}

function NoPools() {
  return (
    <section className="box empty mt-5" aria-labelledby="no-pool">
      <h2 id="no-pool">No pool yet</h2>
      <p>
        A pool is one name that clients use, and the hosts that can answer for it. When the active one fails, its record
        follows to another.
      </p>
      <AddLink />
    </section>
  );
}

function Found({ pools }: { readonly pools: readonly Parameters<typeof glanceAt>[0][] }) {
  const { show = 'all', find = '' } = route.useSearch();
  const navigate = route.useNavigate();
  const choices: readonly Choice<Show>[] = (
    [
      ['all', 'All'],
      ['needs-you', 'Needs you'],
      ['serving', 'Serving'],
      ['setting-up', 'Setting up'],
    ] as const
  ).map(([value, word]) => ({ value, word, count: pools.filter((pool) => isShown[value](glanceAt(pool))).length }));
  const found = inOrder(pools).filter((pool) => isShown[show](glanceAt(pool)) && matches(pool, find));
  const choose = (chosen: Show) =>
    void navigate({
      search: ({ find: kept }) => ({ ...(kept && { find: kept }), ...(chosen !== 'all' && { show: chosen }) }),
      replace: true,
    });
  const look = (wanted: string) =>
    void navigate({
      search: ({ show: kept }) => ({ ...(kept && { show: kept }), ...(wanted !== '' && { find: wanted }) }),
      replace: true,
    });
  return (
    <>
      <div className="bar">
        <Segments label="Show" choices={choices} chosen={show} onChoose={choose} />
        <FindField label="Filter pools" placeholder="Filter by name, hostname, address" value={find} onValue={look} />
        <span className="grow" />
        <span className="small dimmer no-phone">Needs you first, then by name</span>
        <span className="csv">
          <Button kind="bare" onClick={() => saveFile('pools.csv', 'text/csv', poolsCsv(found))}>
            <Download size={14} aria-hidden="true" />
            CSV
          </Button>
        </span>
      </div>
      <section className="box" aria-label="Pools">
        <div className="lh" aria-hidden="true">
          <span />
          <span>Pool</span>
          <span>Serving from</span>
          <span>If it fails</span>
          <span>Automatic failover</span>
          <span>Sessions</span>
          <span>Last change</span>
        </div>
        {found.length === 0 && (
          <EmptyState title="None of these">No pool fits what is shown and looked for.</EmptyState>
        )}
        <ul>
          {found.map((pool) => (
            <PoolRow key={pool.id} pool={pool} />
          ))}
        </ul>
      </section>
    </>
  );
}

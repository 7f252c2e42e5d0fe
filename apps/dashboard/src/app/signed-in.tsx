import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Outlet, useNavigate, useRouter, useRouterState } from '@tanstack/react-router';
import { useEffect, useState } from 'react';
import { Commands } from '../features/command/commands.tsx';
import { leftActs } from '../lib/act/left-acts.ts';
import { sessionApi } from '../lib/api/session.ts';
import { keepLive } from '../lib/live/keep-live.ts';
import { createLiveStore } from '../lib/live/live-store.ts';
import { isAnother, isSignedInAs } from '../lib/live/same-user.ts';
import { type Live, LiveProvider, useLive } from '../lib/live/use-live.ts';
import { useFoundPool } from '../lib/pool/use-pool.ts';
import { meQuery } from '../lib/queries.ts';
import { systemClock } from '../platform/clock.ts';
import { earlyStream } from '../platform/early-stream.ts';
import { frameLoop } from '../platform/frame-loop.ts';
import { pageVisibility } from '../platform/visibility.ts';
import { AccountMenu } from '../ui/account-menu.tsx';
import { Note } from '../ui/note.tsx';
import { TopBar } from '../ui/top-bar.tsx';
import { LeftActs } from './left-acts.tsx';
import { LiveMark } from './live-mark.tsx';
import { NothingToRead } from './not-there.tsx';
import { PlaneBar } from './plane-bar.tsx';
import { SignOutFailed, useSignOut } from './sign-out.tsx';
import { StaleBar } from './stale-bar.tsx';

/** Everything behind the gate: one stream, one store, and the frame of every page. */
export function SignedIn() {
  const { data: me } = useQuery(meQuery);
  const leave = useLeave();
  if (me?.permissions.includes('pool:read') === false) return <NothingToRead onLeave={() => void leave(false)} />;
  return <KeptLive />;
}

function KeptLive() {
  const queries = useQueryClient();
  const { data: me } = useQuery(meQuery);
  const [first] = useState(me);
  // Also where it was not asked for here: another tab may have signed in another.
  useEffect(() => {
    if (isAnother(first, me)) startAnew(queries);
  }, [first, me, queries]);
  const [live, setLive] = useState<Live | null>(null);
  useEffect(() => {
    const store = createLiveStore(systemClock, frameLoop);
    const kept = keepLive({
      ...{ store, clock: systemClock },
      isSignedIn: () =>
        isSignedInAs(first, () => sessionApi.me(), {
          onAnother: () => startAnew(queries),
          // What they may do may have changed meanwhile.
          onSame: (now) => queries.setQueryData(meQuery.queryKey, now),
        }),
      ...{ open: earlyStream.open, visibility: pageVisibility },
    });
    const unsubscribe = askAgainOnChange(
      store.subscribe,
      () => store.get().pools,
      (poolId) => {
        for (const name of ['promotions', 'events', 'members'])
          void queries.invalidateQueries({ queryKey: [name, poolId] });
      },
    );
    setLive({ store, tryNow: kept.tryNow });
    return () => {
      unsubscribe();
      kept.close();
    };
  }, [queries, first]);
  if (live === null) return null;
  return (
    <LiveProvider value={live}>
      <Frame />
    </LiveProvider>
  );
}

/** Nothing of one person is left for another, in memory or on the page. */
function startAnew(queries: ReturnType<typeof useQueryClient>): void {
  queries.clear();
  location.reload();
}

/** A pool that is another object has changed: what was asked for beside it may have, too. */
function askAgainOnChange(
  subscribe: (changed: () => void) => () => void,
  pools: () => ReadonlyMap<string, unknown> | null,
  ask: (poolId: string) => void,
): () => void {
  let before = pools();
  return subscribe(() => {
    const now = pools();
    if (now === before || now === null) return;
    for (const [id, pool] of now) if (before !== null && before.get(id) !== pool) ask(id);
    before = now;
  });
}

function Frame() {
  const { data: me } = useQuery(meQuery);
  const leave = useLeave();
  const signOut = useSignOut(() => leave(false));
  const params = useRouterState({ select: ({ matches }) => matches.at(-1)?.params });
  const isAccount = useRouterState({ select: ({ location }) => location.pathname.startsWith('/account') });
  const ref = params !== undefined && 'pool' in params ? String(params.pool) : null;
  const pool = useFoundPool(ref ?? '');
  const [isPaletteOpen, setPaletteOpen] = useState(false);
  const link = useLive((state) => state.link);
  useEffect(() => {
    if (link.kind === 'ended' && link.because === 'session-ended') void leave(true);
  }, [link, leave]);
  return (
    <>
      <TopBar
        title={isAccount ? 'Account' : 'Pools'}
        pool={ref === null ? null : (pool?.name ?? ref)}
        onSearch={() => setPaletteOpen(true)}
      >
        <LiveMark />
        <AccountMenu
          name={me?.email ?? me?.name ?? ''}
          onSearch={() => setPaletteOpen(true)}
          onSignOut={() => signOut.mutate()}
        />
      </TopBar>
      <main className="page">
        <StaleBar />
        <LeftActs />
        <SignOutFailed error={signOut.error} />
        {link.kind === 'ended' ? (
          <Note shape="refused" alert>
            {link.sentence}
          </Note>
        ) : (
          <Outlet />
        )}
      </main>
      <PlaneBar />
      <Commands here={pool?.id ?? null} isPaletteOpen={isPaletteOpen} onPalette={setPaletteOpen} />
    </>
  );
}

/** To the gate, with the way back when it was the session that ended. */
function useLeave() {
  const queries = useQueryClient();
  const navigate = useNavigate();
  const router = useRouter();
  const [leave] = useState(() => async (isEnded: boolean) => {
    const to = router.state.location.href;
    queries.clear();
    leftActs.clear();
    await navigate({ to: '/sign-in', search: isEnded ? { to, ended: true } : {} });
  });
  return leave;
}

import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { Failure, needsSignIn } from '../lib/failure.ts';
import { meQuery } from '../lib/queries.ts';
import { LoadFailed, NotFound } from './not-there.tsx';
import { SignedIn } from './signed-in.tsx';

interface RouterContext {
  readonly queries: QueryClient;
}

const root = createRootRouteWithContext<RouterContext>()({
  component: Outlet,
  notFoundComponent: NotFound,
  errorComponent: LoadFailed,
});

export interface SignInSearch {
  /** Where one was; a path of this page. */
  readonly to?: string;
  readonly ended?: boolean;
}

const signIn = createRoute({
  getParentRoute: () => root,
  path: '/sign-in',
  validateSearch: (search: Record<string, unknown>): SignInSearch => ({
    ...(typeof search['to'] === 'string' && isOwnPath(search['to']) && { to: search['to'] }),
    ...(search['ended'] === true && { ended: true }),
  }),
  component: lazyRouteComponent(() => import('../features/sign-in/sign-in-page.tsx'), 'SignInPage'),
});

/** Never to another site: `//elsewhere` and `/\elsewhere` are addresses of other hosts. */
const isOwnPath = (path: string): boolean => /^\/(?![/\\])/.test(path);

/** Everything that asks who one is. */
const signedIn = createRoute({
  getParentRoute: () => root,
  id: 'signed-in',
  beforeLoad: async ({ context: { queries }, location }) => {
    await queries.ensureQueryData(meQuery).catch((error: unknown) => {
      if (!needsSignIn(error)) throw error;
      const ended = error instanceof Failure && error.code === 'session_ended';
      throw redirect({ to: '/sign-in', search: { to: location.href, ...(ended && { ended }) } });
    });
  },
  component: SignedIn,
});

const home = createRoute({
  getParentRoute: () => root,
  path: '/',
  beforeLoad: () => {
    throw redirect({ to: '/pools' });
  },
});

export type PoolShow = 'needs-you' | 'serving' | 'setting-up';
export interface PoolsSearch {
  readonly show?: PoolShow;
  readonly find?: string;
}
const shows: readonly PoolShow[] = ['needs-you', 'serving', 'setting-up'];

const pools = createRoute({
  getParentRoute: () => signedIn,
  path: '/pools',
  validateSearch: ({ show, find }: Record<string, unknown>): PoolsSearch => {
    const shown = shows.find((one) => one === show);
    return { ...(shown && { show: shown }), ...(typeof find === 'string' && find !== '' && { find }) };
  },
  component: lazyRouteComponent(() => import('../features/pools/pools-page.tsx'), 'PoolsPage'),
});

export interface OverviewSearch {
  /** The equal table in place of the diagram. */
  readonly traffic?: 'table';
}

const overview = createRoute({
  getParentRoute: () => signedIn,
  path: '/pools/$pool',
  validateSearch: ({ traffic }: Record<string, unknown>): OverviewSearch => (traffic === 'table' ? { traffic } : {}),
  component: lazyRouteComponent(() => import('../features/overview/overview-page.tsx'), 'OverviewPage'),
});

const routeTree = root.addChildren([home, signIn, signedIn.addChildren([pools, overview])]);

export const createPageRouter = (queries: QueryClient) =>
  createRouter({ routeTree, context: { queries }, defaultPreload: 'intent', scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    readonly router: ReturnType<typeof createPageRouter>;
  }
}

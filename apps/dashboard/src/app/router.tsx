import type { QueryClient } from '@tanstack/react-query';
import {
  createRootRouteWithContext,
  createRoute,
  createRouter,
  lazyRouteComponent,
  Outlet,
  redirect,
} from '@tanstack/react-router';
import { actSearch } from '../lib/act/acts.ts';
import { Failure, needsSignIn } from '../lib/failure.ts';
import { meQuery, promotionsQuery } from '../lib/queries.ts';
import { AccountFrame } from './account-frame.tsx';
import { LoadFailed, NotFound } from './not-there.tsx';
import { PoolFrame } from './pool-frame.tsx';
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
  /** The dialog that is open. */
  readonly add?: 'pool';
}
const shows: readonly PoolShow[] = ['needs-you', 'serving', 'setting-up'];

const pools = createRoute({
  getParentRoute: () => signedIn,
  path: '/pools',
  validateSearch: ({ show, find, add }: Record<string, unknown>): PoolsSearch => {
    const shown = shows.find((one) => one === show);
    return {
      ...(shown && { show: shown }),
      ...(typeof find === 'string' && find !== '' && { find }),
      ...(add === 'pool' && { add }),
    };
  },
  component: lazyRouteComponent(() => import('../features/pools/pools-page.tsx'), 'PoolsPage'),
});

/** What all pages of a pool understand: which dialog is open. */
const pool = createRoute({
  getParentRoute: () => signedIn,
  path: '/pools/$pool',
  validateSearch: actSearch,
  component: PoolFrame,
});

export interface OverviewSearch {
  /** The equal table in place of the diagram. */
  readonly traffic?: 'table';
  /** Which of several records the diagram shows, by id. */
  readonly record?: string;
}

/** An address may also say the pool’s name, by which nothing is kept. */
const isId = (ref: string): boolean => /^[0-9a-hjkmnp-tv-z]{12}$/.test(ref);

const overview = createRoute({
  getParentRoute: () => pool,
  path: '/',
  validateSearch: ({ traffic, record }: Record<string, unknown>): OverviewSearch => ({
    ...(traffic === 'table' && { traffic }),
    ...(typeof record === 'string' && { record }),
  }),
  // Asked for while the page's own script comes; nobody waits for it here.
  loader: ({ context: { queries }, params }) =>
    void (isId(params.pool) && queries.prefetchQuery(promotionsQuery(params.pool))),
  component: lazyRouteComponent(() => import('../features/overview/overview-page.tsx'), 'OverviewPage'),
});

const members = createRoute({
  getParentRoute: () => pool,
  path: '/members',
  validateSearch: ({ find }: Record<string, unknown>): { readonly find?: string } =>
    typeof find === 'string' && find !== '' ? { find } : {},
  component: lazyRouteComponent(() => import('../features/members/members-page.tsx'), 'MembersPage'),
});

const member = createRoute({
  getParentRoute: () => pool,
  path: '/members/$member',
  component: lazyRouteComponent(() => import('../features/members/member-page.tsx'), 'MemberPage'),
});

const dns = createRoute({
  getParentRoute: () => pool,
  path: '/dns',
  component: lazyRouteComponent(() => import('../features/dns/dns-page.tsx'), 'DnsPage'),
});

const settings = createRoute({
  getParentRoute: () => pool,
  path: '/settings',
  component: lazyRouteComponent(() => import('../features/settings/settings-page.tsx'), 'SettingsPage'),
});

const promotion = createRoute({
  getParentRoute: () => pool,
  path: '/promotions/$promotion',
  component: lazyRouteComponent(() => import('../features/promotion/promotion-page.tsx'), 'PromotionPage'),
});

const account = createRoute({ getParentRoute: () => signedIn, path: '/account', component: AccountFrame });

const own = createRoute({
  getParentRoute: () => account,
  path: '/',
  component: lazyRouteComponent(() => import('../features/account/own-page.tsx'), 'OwnPage'),
});

const users = createRoute({
  getParentRoute: () => account,
  path: '/users',
  component: lazyRouteComponent(() => import('../features/account/users-page.tsx'), 'UsersPage'),
});

const tokens = createRoute({
  getParentRoute: () => account,
  path: '/tokens',
  component: lazyRouteComponent(() => import('../features/account/tokens-page.tsx'), 'TokensPage'),
});

const credentialDialogs = ['add', 'edit', 'test', 'remove'] as const;
export interface CredentialsSearch {
  /** The dialog that is open, and which credential it is about. */
  readonly open?: (typeof credentialDialogs)[number];
  readonly credential?: string;
}

const credentials = createRoute({
  getParentRoute: () => account,
  path: '/credentials',
  validateSearch: ({ open, credential }: Record<string, unknown>): CredentialsSearch => {
    const opened = credentialDialogs.find((one) => one === open);
    return { ...(opened && { open: opened }), ...(typeof credential === 'string' && { credential }) };
  },
  component: lazyRouteComponent(() => import('../features/dns/credentials-page.tsx'), 'CredentialsPage'),
});

const about = createRoute({
  getParentRoute: () => account,
  path: '/about',
  component: lazyRouteComponent(() => import('../features/account/about-page.tsx'), 'AboutPage'),
});

/** One-time links: the first administrator's, invitations, new passwords. The secret is in the fragment, which no server is told of. */
const join = createRoute({
  getParentRoute: () => root,
  path: '/join',
  component: lazyRouteComponent(() => import('../features/join/join-page.tsx'), 'JoinPage'),
});

const routeTree = root.addChildren([
  home,
  signIn,
  join,
  signedIn.addChildren([
    pools,
    pool.addChildren([overview, members, member, dns, settings, promotion]),
    account.addChildren([own, users, tokens, credentials, about]),
  ]),
]);

export const createPageRouter = (queries: QueryClient) =>
  createRouter({ routeTree, context: { queries }, defaultPreload: 'intent', scrollRestoration: true });

declare module '@tanstack/react-router' {
  interface Register {
    readonly router: ReturnType<typeof createPageRouter>;
  }
  interface HistoryState {
    /** Who has just used a link, for the gate: not in the address, which is kept and told. */
    readonly email?: string;
  }
}

import type { ServiceDeps } from '../deps.ts';

/** What signing in and one's own account need. */
export type AccountDeps = Pick<ServiceDeps, 'db' | 'clock' | 'random' | 'secrets' | 'passwords'>;

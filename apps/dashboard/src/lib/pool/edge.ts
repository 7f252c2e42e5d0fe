import type { BindingStatus } from '@serverctl/contract';

/** Whether the provider’s edge answers clients, with a TTL of its own: as wished, or as it is found where it is left as it is. */
export const isBehindEdge = ({ proxied, edge }: Pick<BindingStatus, 'proxied' | 'edge'>): boolean =>
  proxied ?? edge === 'answers';

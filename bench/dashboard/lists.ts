import { peerPath } from './peer-page.ts';

/** A page with the list of pools, and where on it what is changed can be read. */
export interface List {
  readonly path: string;
  /** There is one for each pool. */
  readonly row: string;
  readonly nameOf: (poolId: string) => string;
  readonly readyOf: (poolId: string) => string;
}

export const ours: List = {
  path: '/pools',
  row: 'li.prow',
  nameOf: (id) => `.pn a[href="/pools/${id}"]`,
  readyOf: (id) => `li.prow:has(.pn a[href="/pools/${id}"]) .px .small`,
};

export const peers: List = {
  path: peerPath,
  row: 'li',
  nameOf: (id) => `li[data-pool="${id}"] .name`,
  readyOf: (id) => `li[data-pool="${id}"] .next`,
};

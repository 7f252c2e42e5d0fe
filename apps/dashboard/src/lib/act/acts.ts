import type { PoolView } from '@serverctl/contract';
import type { ComponentType, LazyExoticComponent } from 'react';

/*
 * What a person can do to a pool. Each is a dialog with a preview, and each has an address: `?act=make-active&member=ID` on any page of the pool
 * opens it. Nothing is changed by opening one.
 */
export const actNames = [
  'make-active',
  'cut',
  'failover',
  'maintenance',
  'end-maintenance',
  'pause',
  'resume',
  'ack',
  'adopt',
  'repair',
  /** Of the whole fleet; opened on any pool's page. */
  'brakes',
  'first-publish',
  'add-member',
  'enrol-member',
  'edit-member',
  'remove-member',
  'member-maintenance',
  'allow-address',
  'clear-quarantine',
  'add-name',
  'edit-name',
  'remove-name',
] as const;
export type ActName = (typeof actNames)[number];

/** The part of an address that opens a dialog; `member` and `name` say what it is about, where it is about one. */
export interface ActSearch {
  readonly act?: ActName;
  readonly member?: string;
  readonly name?: string;
}

/** What an address asks for; what is no act of ours is left out. */
export function actSearch({ act, member, name }: Record<string, unknown>): ActSearch {
  const known = actNames.find((one) => one === act);
  if (known === undefined) return {};
  return {
    act: known,
    ...(typeof member === 'string' && { member }),
    ...(typeof name === 'string' && { name }),
  };
}

export interface ActProps {
  readonly pool: PoolView;
  readonly member: string | undefined;
  readonly name: string | undefined;
  readonly onClose: () => void;
}

/** Each feature's own; the page has them all in app/act-place.tsx. */
export type Acts = Partial<Record<ActName, LazyExoticComponent<ComponentType<ActProps>>>>;

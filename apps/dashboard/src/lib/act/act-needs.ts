import type { MeView } from '@serverctl/contract';
import type { ActName } from './acts.ts';
import { whyNotAllowed } from './may-do.ts';

type Permission = MeView['permissions'][number];

/** What each act needs of whoever asks for it, in the pool; what more a choice in its dialog may need, the server says. */
export const actNeeds: Readonly<Record<ActName, Permission>> = {
  'make-active': 'promotion:write',
  cut: 'promotion:write',
  failover: 'pool:write',
  maintenance: 'pool:write',
  'end-maintenance': 'pool:write',
  pause: 'pool:write',
  resume: 'promotion:write',
  ack: 'promotion:write',
  adopt: 'promotion:write',
  repair: 'promotion:write',
  brakes: 'brakes:write',
  'first-publish': 'promotion:write',
  'add-member': 'member:write',
  'enrol-member': 'member:write',
  'edit-member': 'member:write',
  'remove-member': 'member:write',
  'member-maintenance': 'member:write',
  'allow-address': 'member:write',
  'clear-quarantine': 'member:write',
  'add-name': 'dns:write',
  'edit-name': 'dns:write',
  'remove-name': 'dns:write',
};

/** Why who is signed in cannot have the act's dialog for this pool; null = they can. */
export function whyNoAct(me: MeView | undefined, act: ActName, poolId: string): string | null {
  return whyNotAllowed(me, actNeeds[act], poolId);
}

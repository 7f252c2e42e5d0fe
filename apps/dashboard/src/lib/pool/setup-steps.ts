import type { BindingStatus, MemberStatus, PoolView } from '@serverctl/contract';
import type { ActName } from '../act/acts.ts';
import { countText } from '../words.ts';
import { isBehindEdge } from './edge.ts';
import { activeOf, namesOf } from './names.ts';

/** What a pool needs before it fails over by itself, in the order in which it is done (PRODUCT.md, section 2). */
export type SetupStep = PoolView['status']['setupMissing'][number];

export interface SetupItem {
  readonly step: SetupStep;
  readonly title: string;
  readonly isDone: boolean;
  /** What is known of it, or what it waits for. */
  readonly note: string;
  /** The dialog that does it. */
  readonly act: ActName;
  /** The member that it is about; undefined where it is about none. */
  readonly member: string | undefined;
  /** What a person does there: "add a member". */
  readonly todo: string;
}

/** `dnsNote`: what is known of the credential, which a pool alone does not say. */
export function setupItems(pool: PoolView, dnsNote: string | null = null): readonly SetupItem[] {
  const { setupMissing: missing, members, bindings } = pool.status;
  const silent = members.find(({ heartbeatAgeMs }) => heartbeatAgeMs === null);
  const isDone = (step: SetupStep) => !missing.includes(step);
  const item = (step: SetupStep, title: string, note: string, act: ActName, todo: string, member?: string) => ({
    ...{ step, title, isDone: isDone(step), note, act, todo, member },
  });
  const enrolled = isDone('member') && !isDone('heartbeat') ? 'Member added' : 'Member enrolled';
  return [
    item('dns', 'DNS connected', dnsText(bindings, dnsNote), 'add-name', 'connect DNS'),
    item('hostname', 'Hostname chosen', nameText(pool), 'add-name', 'choose a hostname'),
    item('member', enrolled, memberText(members), 'add-member', 'add a member'),
    silent === undefined
      ? item('heartbeat', 'First heartbeat', heardText(members), 'add-member', 'add a member')
      : item('heartbeat', 'First heartbeat', heardText(members), 'enrol-member', 'run the install line', silent.id),
    item('first-publish', 'First publish', publishText(pool), 'first-publish', 'confirm the first publish'),
    item('automatic-failover', 'Automatic failover on', failoverText(pool), 'failover', 'switch failover on'),
  ];
}

/** The first that is not done yet; null = all are. */
export const nextItem = (items: readonly SetupItem[]): SetupItem | null => items.find(({ isDone }) => !isDone) ?? null;

/** "2 of 6 done". */
export const doneText = (items: readonly SetupItem[]): string =>
  `${items.filter(({ isDone }) => isDone).length} of ${items.length} done`;

function dnsText(bindings: readonly BindingStatus[], known: string | null): string {
  if (bindings.length === 0) return 'a credential that may write the zone';
  return known ?? `zone ${bindings[0]?.zone ?? ''}`;
}

function nameText(pool: PoolView): string {
  const [binding] = pool.status.bindings;
  if (binding === undefined) return 'what clients will ask for';
  const others = namesOf(pool).length - 1;
  const ttl = isBehindEdge(binding) ? 'proxied' : `TTL ${binding.effectiveTtlSeconds ?? binding.ttlSeconds} s`;
  return `${binding.name}, ${ttl}${others > 0 ? `, and ${countText(others, 'name')} more` : ''}`;
}

function memberText(members: readonly MemberStatus[]): string {
  const [first] = members;
  if (first === undefined) return 'two make failover possible';
  if (members.length === 1) return `${first.hostname}; two make failover possible`;
  return `${first.hostname} and ${members.length - 1} more`;
}

function heardText(members: readonly MemberStatus[]): string {
  const heard = members.filter(({ heartbeatAgeMs }) => heartbeatAgeMs !== null).length;
  if (members.length === 0) return 'comes by itself after the install line';
  if (heard === 0) return 'comes by itself once the install line has run there';
  return `${heard} of ${countText(members.length, 'member')} heard`;
}

function publishText(pool: PoolView): string {
  const active = activeOf(pool);
  if (active !== null) return `${active.hostname} is active`;
  return 'a person confirms it; until then no record is written';
}

function failoverText(pool: PoolView): string {
  if (pool.automaticFailover) return `after ${pool.failoverDelaySeconds} s without a heartbeat`;
  const ready = pool.status.members.filter(({ ready: isReady }) => isReady).length;
  const able = ready + (pool.activeMemberId === null ? 0 : 1);
  return able < 2 ? 'after two members are ready' : 'off: a person moves the record';
}

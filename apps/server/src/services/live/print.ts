import type { BindingStatus, MemberStatus, PoolView } from '@serverctl/contract';

/**
 * All of a pool but what changes by itself each second: two equal prints, and there is nothing to tell. Left out are ages, HAProxy's
 * readings, when it was judged and looked at, and durations in the sentences of members that are well. Those of trouble stay: a person
 * counts with them.
 */
export function printOf(view: PoolView): string {
  const { at: _at, frozenTicks: _ticks, members, bindings, ...status } = view.status;
  const { status: _status, ...settings } = view;
  return JSON.stringify([settings, status, members.map(memberPrint), bindings.map(bindingPrint)]);
}

function memberPrint(member: MemberStatus): object {
  const { heartbeatAgeMs: _age, traffic, healthSentence, standingSentence, ...rest } = member;
  return {
    ...rest,
    isRead: traffic !== null,
    healthSentence: rest.health === 'healthy' ? withoutDurations(healthSentence) : healthSentence,
    standingSentence: rest.ready ? withoutDurations(standingSentence) : standingSentence,
  };
}

function bindingPrint({ changedAt: _changedAt, ...rest }: BindingStatus): object {
  return rest;
}

/** As `durationText` of core writes them. */
const duration = /\d[\d.]* (?:s|min|h|days)\b/g;

function withoutDurations(sentence: string): string {
  return sentence.replaceAll(duration, '…');
}

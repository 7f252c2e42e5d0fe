import type { HealthKind } from '../health/health.ts';
import { durationText } from '../time.ts';
import type { NotReadyReason } from './judgement.ts';

const kindText: Readonly<Record<HealthKind, string>> = {
  maintenance: 'It is in maintenance.',
  'heartbeat-lost': 'Its heartbeat is lost.',
  unheard: 'It is unheard.',
  'haproxy-inactive': 'Its HAProxy is inactive.',
  'service-unreachable': 'Its service does not answer.',
  'haproxy-unresponsive': 'Its HAProxy does not answer on its socket.',
  quarantined: 'It is quarantined until a person clears it.',
  refused: 'It is refused: its address or hostname is not the allowed one.',
  drained: 'It is drained.',
  unknown: 'Its health is not known yet.',
  healthy: 'It is healthy.',
};

/** One sentence for one reason why a member may not be promoted now. Total over the closed list. */
export function explainNotReady(reason: NotReadyReason): string {
  switch (reason.because) {
    case 'is-active':
      return 'It is the active member.';
    case 'not-heard':
      return explainNotHeard(reason);
    case 'not-healthy':
      return reason.unit === undefined
        ? kindText[reason.kind]
        : `Its health is not known: ${reason.unit.name} is ${reason.unit.state}.`;
    case 'too-early':
      return `It must stay healthy for ${durationText(reason.leftMs)} more.`;
    case 'haproxy-neutral':
      return 'Its HAProxy is restarting, reloading or being upgraded just now.';
    case 'maintenance':
      return `It is in maintenance for ${durationText(reason.leftMs)} more.`;
    case 'quarantined':
      return 'It is quarantined until a person clears it: two hosts use its key.';
    case 'no-address':
      return 'It has no public IPv4 address.';
    case 'no-ipv6-address':
      return 'It has no public IPv6 address, which the pool’s names need.';
  }
}

function explainNotHeard({ silentMs, never }: Extract<NotReadyReason, { because: 'not-heard' }>): string {
  if (never === undefined)
    return `Its latest heartbeat is ${durationText(silentMs)} old; a candidate must have been heard within 3 s.`;
  switch (never) {
    case 'not-enrolled':
      return 'It has not been heard yet: no agent is enrolled for it.';
    case 'no-heartbeat':
      return 'It has not been heard yet: its agent is enrolled, but has sent no heartbeat.';
    case 'since-we-listen':
      return `It has not been heard since we began to listen ${durationText(silentMs)} ago.`;
  }
}

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
  quarantined: 'It is quarantined.',
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
      return `Its latest heartbeat is ${durationText(reason.silentMs)} old; a candidate must have been heard within 3 s.`;
    case 'not-healthy':
      return kindText[reason.kind];
    case 'too-early':
      return `It must stay healthy for ${durationText(reason.leftMs)} more.`;
    case 'haproxy-neutral':
      return 'Its HAProxy is restarting, reloading or being upgraded just now.';
    case 'no-address':
      return 'It has no public IPv4 address.';
  }
}

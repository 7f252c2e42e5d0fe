import type { PoolView } from '@serverctl/contract';

type Preset = PoolView['preset'];

/** What each preset means (PRODUCT.md, section 3). */
export const presetChoices: readonly { readonly value: Preset; readonly word: string; readonly lines: string[] }[] = [
  {
    value: 'haproxy',
    word: 'HAProxy',
    lines: [
      'Hosts that run HAProxy. A member is well when it is heard and systemd reports its HAProxy active.',
      'The overview shows sessions and requests. Whether HAProxy counts can be set for each member.',
    ],
  },
  {
    value: 'generic',
    word: 'Generic Linux',
    lines: [
      'Any Linux host with a public address. A member is well when it is heard: nothing on the host is judged.',
      'No sessions and no requests are shown.',
    ],
  },
];

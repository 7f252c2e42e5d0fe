import { narrowLabel } from './bind-config.ts';
import type { ServerPlace } from './name-server.ts';

const oneRule = 'one-rule';
const twoRules = 'two-rules';
/** Names, in front of the zone, that the key `narrow` may change together with their marks: by one rule, and by a rule each. */
export const knotLabels = { oneRule, twoRules } as const;
const narrow = [
  ['narrow', 'A, AAAA', [narrowLabel]],
  ['one-rule', 'A, AAAA, TXT', [oneRule, `_serverctl.${oneRule}`]],
  ['address', 'A, AAAA', [twoRules]],
  ['mark', 'TXT', [`_serverctl.${twoRules}`]],
] as const;

/** A knot.conf that keeps Knot in `root`, serves `zone.db` there and lets each key do what its name says. */
export function renderKnotConfig(root: string, { address, port, zone, keys }: ServerPlace): string {
  const key = ({ name, algorithm, secret }: (typeof keys)[keyof typeof keys]) =>
    `  - id: ${name}\n    algorithm: ${algorithm}\n    secret: ${secret}`;
  const everything = [keys.sha256, keys.sha384, keys.sha512].map(({ name }) => name).join(', ');
  const renderRule = (id: string, types: string, labels: readonly string[]) => `  - id: ${id}
    key: ${keys.narrow.name}
    action: update
    update-type: [${types}]
    update-owner: name
    update-owner-match: equal
    update-owner-name: [${labels.map((label) => `${label}.${zone}.`).join(', ')}]`;
  return `server:
  rundir: ${root}
  listen: ${address}@${port}
log:
  - target: stderr
    any: info
database:
  storage: ${root}
key:
${Object.values(keys).map(key).join('\n')}
acl:
  - id: everything
    key: [${everything}]
    action: update
  - id: reading
    key: ${keys.nothing.name}
    action: query
${narrow.map(([id, types, labels]) => renderRule(id, types, labels)).join('\n')}
zone:
  - domain: ${zone}
    storage: ${root}
    file: zone.db
    acl: [everything, reading, ${narrow.map(([id]) => id).join(', ')}]
`;
}

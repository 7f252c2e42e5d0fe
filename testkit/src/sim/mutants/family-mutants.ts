import type { Mutant } from './mutant.ts';
import { paths } from './paths.ts';

/** Worlds in which a pool moves often between a member with an IPv6 address and one without. */
const faults = ['both-families', 'haproxy-stop', 'switchover'];
const pieceOfSameAddresses = 'if (stored.address !== decided.address || stored.address6 !== decided.address6)';

/** R20, *Cases*: names with records of both families. */
export const familyMutants: readonly Mutant[] = [
  {
    name: 'aaaa-of-another-member',
    breaks: 'A member without an IPv6 address gets the AAAA of another one (R20).',
    faults,
    patches: [
      {
        file: paths.worker('target-address'),
        piece: "address6: parseIpv6(target?.publicIpv6 ?? '')",
        replacement:
          "address6: parseIpv6(target?.publicIpv6 ?? evidence.members.find((one) => one.publicIpv6)?.publicIpv6 ?? '')",
      },
      {
        file: paths.core('dns/desired-address'),
        piece: pieceOfSameAddresses,
        replacement: 'if (stored.address !== decided.address)',
      },
    ],
  },
  {
    name: 'families-torn',
    breaks: 'A promotion moves the A and leaves the AAAA with the member that it leaves (R16, R20).',
    faults,
    patches: [
      {
        file: paths.worker('carry-out'),
        piece: '...targetAddresses(evidence, decision.to),',
        replacement:
          '...targetAddresses(evidence, decision.to), address6: targetAddresses(evidence, decision.from).address6,',
      },
      {
        file: paths.core('dns/desired-address'),
        piece: pieceOfSameAddresses,
        replacement: 'if (stored.address !== decided.address)',
      },
    ],
  },
  {
    name: 'aaaa-left-behind',
    breaks: 'Publishing moves the A of a name and takes its AAAA for settled (R20; liveness).',
    faults,
    patches: [
      {
        file: paths.worker('publication-step'),
        piece: "if (plan.kind === 'nothing') return { kind: 'settled' };",
        replacement:
          "if (plan.kind === 'nothing' || (wish.binding.type === 'AAAA' && view.rrset !== null)) return { kind: 'settled' };",
      },
    ],
  },
  {
    name: 'aaaa-not-withdrawn',
    breaks: 'With `drop` the AAAA stays with the old member when the new one has no IPv6 address (R20).',
    faults,
    patches: [
      {
        file: paths.core('dns/desired-address'),
        piece: "return address !== null && hasPublishedA && ipv6 === 'drop' ? null : undefined;",
        replacement: "return address !== null && hasPublishedA && ipv6 !== 'drop' ? undefined : undefined;",
      },
    ],
  },
  {
    name: 'aaaa-not-added-back',
    breaks: 'An AAAA that went does not come back with a member that has an IPv6 address (R20; liveness).',
    faults,
    patches: [
      {
        file: paths.worker('publication-step'),
        piece: "if (plan.kind === 'nothing') return { kind: 'settled' };",
        replacement:
          "if (plan.kind === 'nothing' || (wish.binding.type === 'AAAA' && view.rrset === null)) return { kind: 'settled' };",
      },
    ],
  },
  {
    name: 'require-not-demanded',
    breaks: 'With `require` a member without an IPv6 address becomes active (R20).',
    faults,
    patches: [
      {
        file: paths.core('failover/addresses'),
        piece: "policy === 'require' || !withA.has(name)",
        replacement: "(policy === 'require' && name === '') || !withA.has(name)",
      },
    ],
  },
  {
    name: 'required-aaaa-withdrawn',
    breaks: 'With `require` the AAAA goes with a member without an IPv6 address (R20).',
    faults,
    patches: [
      {
        file: paths.core('failover/addresses'),
        piece: "policy === 'require' || !withA.has(name)",
        replacement: "(policy === 'require' && name === '') || !withA.has(name)",
      },
      {
        file: paths.core('dns/desired-address'),
        piece: "return address !== null && hasPublishedA && ipv6 === 'drop' ? null : undefined;",
        replacement: 'return address !== null && hasPublishedA ? null : (ipv6, undefined);',
      },
    ],
  },
  {
    name: 'aaaa-alone-emptied',
    breaks: 'A name with an AAAA alone is left without any record (R20).',
    faults,
    patches: [
      {
        file: paths.core('failover/addresses'),
        piece: "policy === 'require' || !withA.has(name)",
        replacement: "policy === 'require' && withA.has(name)",
      },
      {
        file: paths.core('dns/desired-address'),
        piece: "return address !== null && hasPublishedA && ipv6 === 'drop' ? null : undefined;",
        replacement: "return address !== null && ipv6 === 'drop' ? null : (hasPublishedA, undefined);",
      },
    ],
  },
  {
    name: 'edited-aaaa-overwritten',
    breaks: "A person's move of an AAAA is judged by the members' IPv4 addresses and written over (R21).",
    faults: ['both-families', 'record-to-other-member'],
    patches: [
      {
        file: paths.worker('publication-step'),
        piece: "const isIpv6 = wish.binding.type === 'AAAA';",
        replacement: "const isIpv6 = wish.binding.type === 'AAAA' && wish.epoch < 0;",
      },
    ],
  },
  {
    name: 'lost-write-left',
    breaks:
      'A write that came to nothing is taken for a person’s, since the other family’s write has marked the name (R18, R21; liveness).',
    faults: ['both-families', 'provider-lies', 'switchover'],
    patches: [
      {
        file: paths.worker('publication-step'),
        piece: 'const isLost = sharesMark && input.neverArrived;',
        replacement: 'const isLost = sharesMark && input.neverArrived && wish.epoch < 0;',
      },
    ],
  },
];

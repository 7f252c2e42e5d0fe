import { type EventKind, eventCatalogue, eventKinds, runbookOf } from '@serverctl/core';

const head = `# Events

Generated from \`packages/core/src/events\` by \`script/check --write\`; do not edit.

Everything that happens is in the event log for 90 days (\`serverctl events\`), and goes to the channels that want it (\`serverctl channel\`). The severity is the worst that an event of this kind comes with: **critical** = look at it now, **warning** = look at it by day, **info** = nothing to do. A recovery goes to the channels that its trouble was told to, however urgent they want things.

The event log shows each of its readers the events of the pools that they may see. What says *Seen with* a permission names people or what belongs to them, and is left out for those without it; a channel is told of it whoever reads there. Who did something to a pool, a member or the brakes, by the address that the audit log has, is named to everybody who sees that event.
`;

const groups: Readonly<Record<string, string>> = {
  pool: 'Pools',
  fleet: 'The fleet',
  brakes: 'The brakes',
  member: 'Members',
  enrolment: 'Enrolment',
  dns: 'Records',
  binding: 'Managed names',
  resolvers: 'Recursive resolvers',
  credential: 'DNS credentials',
  channel: 'Notification channels',
  user: 'Users',
  token: 'API tokens',
  link: 'One-time links',
  audit: 'The audit log',
};

/** docs/reference/events.md as text, from the one catalogue. Throws when a kind belongs to no group. */
export function eventReference(): string {
  const left = new Set(eventKinds);
  const sections = Object.entries(groups).map(([about, title]) => {
    const kinds = eventKinds.filter((kind) => kind.startsWith(`${about}.`));
    for (const kind of kinds) left.delete(kind);
    const columns = '| event | severity | what happened | over with |\n| --- | --- | --- | --- |';
    return `## ${title}\n\n${columns}\n${kinds.map(row).join('\n')}\n`;
  });
  if (left.size > 0) throw new Error(`script/generate/events.ts has no group for ${[...left].join(', ')}`);
  return `${head}\n${sections.join('\n')}`;
}

function row(kind: EventKind): string {
  const { severity, summary, recoveredBy, seenWith, isQuiet = false, isHealth = false } = eventCatalogue[kind];
  const runbook = runbookOf(kind).replace('docs/', '../');
  const name = severity === 'info' ? `\`${kind}\`` : `[\`${kind}\`](${runbook})`;
  const notes = [
    isQuiet ? 'Never sent to a channel.' : '',
    isHealth ? 'Not sent in maintenance.' : '',
    seenWith === undefined ? '' : `Seen with \`${seenWith}\`.`,
  ].filter(Boolean);
  const over = recoveredBy === undefined ? '' : `\`${recoveredBy}\``;
  return `| ${name} | ${severity} | ${[summary, ...notes].join(' ')} | ${over} |`;
}

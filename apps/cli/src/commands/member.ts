import type { EnrolmentView, MemberView } from '@serverctl/contract';
import { memberTemplates } from '@serverctl/core';
import { Command, Option } from 'commander';
import { memberArgument, named, poolArgument, wideOption, yesOption } from '../arguments.ts';
import { action, type Outcome } from '../context.ts';
import { examples } from '../help.ts';
import { count, list, wholeNumber } from '../options.ts';
import { memberDetail, memberDone, memberTable } from '../output/member.ts';
import { clean } from '../output/table.ts';
import { hanging } from '../output/width.ts';
import { zonedTime } from '../output/words.ts';
import { confirm } from '../prompt.ts';
import { memberMaintenance } from './maintenance.ts';
import { memberAllow, memberClearQuarantine } from './member-trouble.ts';
import { memberPromote } from './promote.ts';

interface Settings {
  readonly hostname?: string;
  readonly egress?: readonly string[];
  readonly ipv4?: string;
  readonly ipv6?: string;
  readonly template?: MemberView['template'];
  readonly monitored?: boolean;
  readonly unit?: readonly string[];
  readonly priority?: number;
  readonly zone?: string;
  readonly confirmMove?: boolean;
  readonly confirmFailback?: boolean;
}

/** `serverctl member …`: one enrolled host of a pool. */
export function memberCommand(): Command {
  const member = new Command('member').description('Members: the hosts of a pool');
  member.addCommand(memberAdd());
  member.addCommand(
    new Command('list')
      .description('Members of a pool, one line each')
      .addArgument(poolArgument())
      .addOption(wideOption())
      .action(
        action(async ({ client, config }, pool: string, { wide = false }: { wide?: boolean }) => {
          const { members } = await client.members.list(pool);
          const text =
            members.length === 0
              ? `No member yet. Add one: serverctl member add ${pool} HOSTNAME --egress IP --ipv4 IP`
              : memberTable(
                  members.map(({ status }) => status),
                  config.colour,
                  { wide },
                );
          return { json: members, text, ...(wide ? { whole: 'all' as const } : {}) };
        }),
      ),
  );
  member.addCommand(
    new Command('show')
      .description('One member: settings, health, standing')
      .addArgument(poolArgument())
      .addArgument(memberArgument())
      .action(
        action(async ({ client, config }, pool: string, id: string) => {
          const view = await client.members.get(pool, id);
          return { json: view, text: memberDetail(view, config.colour) };
        }),
      ),
  );
  member.addCommand(
    withSettings(
      new Command('set')
        .description('Change settings: only what is named')
        .addArgument(poolArgument())
        .addArgument(memberArgument()),
    )
      .option('--hostname <fqdn>', 'new hostname; the old one is accepted for 10 more minutes')
      .option('--confirm-move', 'yes, move the records when this is the active member and gets another address')
      .action(
        action(async ({ client }, pool: string, id: string, options: Settings) => {
          const view = await client.members.set(pool, id, {
            ...settings(options),
            ...(options.hostname === undefined ? {} : { hostname: options.hostname }),
            ...(options.confirmMove ? { confirmMove: true } : {}),
          });
          const done = `These are the settings of ${view.hostname} now.${zoneNote(options, view)}`;
          return { json: view, text: memberDone(done, view, pool) };
        }),
      ),
  );
  member.addCommand(memberEnrol());
  member.addCommand(memberRemove());
  member.addCommand(memberPromote());
  for (const command of [memberMaintenance(), memberClearQuarantine(), memberAllow()]) member.addCommand(command);
  return member;
}

function memberAdd(): Command {
  return withSettings(
    new Command('add')
      .description('Add a host and print its install line')
      .addArgument(poolArgument())
      .argument('<hostname>', 'what the host calls itself: hostname -f', named),
    { egressNeeded: true },
  )
    .addHelpText(
      'after',
      examples([
        [
          'a host with a public address of its own',
          'serverctl member add edge lb1.example.com --egress 198.51.100.7 \\\n    --ipv4 198.51.100.7',
        ],
        ['behind a NAT with several addresses', 'serverctl member add edge lb2.example.com --egress 203.0.113.0/29'],
      ]),
    )
    .addOption(new Option('--template <template>', 'its role').choices(memberTemplates))
    .option('--expires <minutes>', 'life of the install line (default 15)', count(1_440))
    .action(
      action(async ({ client }, pool: string, hostname: string, options: Settings & { expires?: number }) => {
        const added = await client.members.add(pool, {
          hostname,
          allowedEgress: [...(options.egress ?? [])],
          ...settings(options),
          ...(options.template === undefined ? {} : { template: options.template }),
          ...(options.expires === undefined ? {} : { enrolmentMinutes: options.expires }),
        });
        const done = `${added.member.hostname} is added.${zoneNote(options, added.member)}`;
        return installed(added, `${memberDone(done, added.member, pool)}\n\n`, pool, added.enrolment);
      }),
    );
}

function memberEnrol(): Command {
  return new Command('enrol')
    .description('Make a new install line; the earlier secret is void')
    .addArgument(poolArgument())
    .addArgument(memberArgument())
    .option('--expires <minutes>', 'life of the install line (default 15)', count(1_440))
    .action(
      action(async ({ client }, pool: string, id: string, { expires }: { expires?: number }) => {
        const enrolment = await client.members.enrol(pool, id, expires === undefined ? {} : { minutes: expires });
        return installed(enrolment, '', pool, enrolment);
      }),
    );
}

function memberRemove(): Command {
  return new Command('remove')
    .description('Remove a member: its key is revoked, its history kept')
    .addArgument(poolArgument())
    .addArgument(memberArgument())
    .option('--release-record', 'also the active one: management ends, the record stays as it is')
    .addOption(yesOption())
    .action(
      action(
        async ({ client, json }, pool: string, id: string, options: { releaseRecord?: boolean; yes?: boolean }) => {
          const member = await client.members.get(pool, id);
          await confirm(removalQuestion(member, pool, options.releaseRecord ?? false), {
            yes: options.yes ?? false,
            json,
          });
          const removed = await client.members.remove(pool, id, options.releaseRecord ? { releaseRecord: true } : {});
          return { json: removed, text: `${member.hostname} is removed. On the host: serverctl-agent uninstall` };
        },
      ),
    );
}

/** What a yes would do: the active member's removal ends the failover of its names. */
function removalQuestion({ hostname, status }: MemberView, pool: string, released: boolean): string {
  const role = status.role === 'none' ? 'a member of' : `${status.role} in`;
  const what = `${hostname} is ${role} ${pool}. Its key is revoked, its agent is heard no more, its history is kept.`;
  const active = released
    ? ' The records stay as they are, and nothing moves them any more.'
    : ' It is refused unless --release-record is given, or another member is promoted first.';
  return `${what}${status.role === 'active' ? active : ''}\nRemove it?`;
}

function withSettings(command: Command, { egressNeeded = false } = {}): Command {
  return command
    .addOption(
      new Option('--egress <addresses>', 'addresses or CIDR ranges its agent may come from')
        .argParser(list)
        .makeOptionMandatory(egressNeeded),
    )
    .option('--ipv4 <address>', 'public IPv4; none = as reported by the agent or seen by us')
    .option('--ipv6 <address>', 'public IPv6; none = as reported by the agent or seen by us')
    .option('--unit <names>', 'systemd units to watch (default haproxy.service)', list)
    .option('--monitored', 'HAProxy counts as health here (default in HAProxy pools)')
    .option('--no-monitored', 'HAProxy does not count as health here')
    .option('--priority <number>', 'lower is preferred (default 100)', wholeNumber)
    .option('--confirm-failback', 'yes, also when automatic failback then takes the records to another member')
    .option('--zone <label>', 'what fails together, e.g. a data centre (default unlabelled)');
}

function settings(options: Settings) {
  return {
    ...(options.egress === undefined ? {} : { allowedEgress: [...options.egress] }),
    ...(options.ipv4 === undefined ? {} : { publicIpv4: options.ipv4 === 'none' ? null : options.ipv4 }),
    ...(options.ipv6 === undefined ? {} : { publicIpv6: options.ipv6 === 'none' ? null : options.ipv6 }),
    ...(options.unit === undefined ? {} : { units: [...options.unit] }),
    ...(options.monitored === undefined ? {} : { monitored: options.monitored }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
    ...(options.zone === undefined ? {} : { zone: options.zone }),
    ...(options.confirmFailback ? { confirmFailback: true } : {}),
  };
}

/** Labels are compared in small letters, so that DC2 and dc2 fail together. */
function zoneNote({ zone }: Settings, member: MemberView): string {
  return zone === undefined || zone.trim() === member.zone
    ? ''
    : ` Its zone is kept in small letters: ${clean(member.zone)}.`;
}

/** The line to paste, with its secret apart from it (R34), and what comes next. */
function installed(json: unknown, before: string, pool: string, enrolment: EnrolmentView): Outcome {
  const text = `${before}Run this line on the host as root; it asks for the secret:

  ${enrolment.command}

  secret   ${enrolment.secret}
  valid    until ${zonedTime(enrolment.expiresAt)}, once

The secret can also be piped into the line, or read from a file of the host: put
--secret-file FILE behind sh "$f". Never put the secret itself into the line.
Then: serverctl member list ${pool}${enrolment.warnings.map((warning) => `\n\nwarning: ${hanging(warning, 9)}`).join('')}`;
  return { json, text, whole: { line: enrolment.command } };
}

import type { EnrolmentView, MemberView } from '@serverctl/contract';
import { memberTemplates } from '@serverctl/core';
import { Command, Option } from 'commander';
import { action } from '../context.ts';
import { list, wholeNumber } from '../options.ts';
import { memberDetail, memberTable } from '../output/member.ts';
import { zonedTime } from '../output/words.ts';
import { confirm } from '../prompt.ts';
import { memberPromote } from './promote.ts';

interface Settings {
  readonly hostname?: string;
  readonly egress?: readonly string[];
  readonly ipv4?: string;
  readonly template?: MemberView['template'];
  readonly monitored?: boolean;
  readonly unit?: readonly string[];
  readonly priority?: number;
  readonly confirmMove?: boolean;
}

/** `serverctl member …`: one enrolled host of a pool. */
export function memberCommand(): Command {
  const member = new Command('member').description('Members: the hosts of a pool');
  member.addCommand(memberAdd());
  member.addCommand(
    new Command('list')
      .description('Members of a pool, one line each')
      .argument('<pool>')
      .action(
        action(async ({ client, config }, pool: string) => {
          const { members } = await client.members.list(pool);
          const text =
            members.length === 0
              ? `No member yet. Add one: serverctl member add ${pool} HOSTNAME --egress IP --ipv4 IP`
              : memberTable(
                  members.map(({ status }) => status),
                  config.colour,
                );
          return { json: members, text };
        }),
      ),
  );
  member.addCommand(
    new Command('show')
      .description('One member: settings, health, standing')
      .argument('<pool>')
      .argument('<member>')
      .action(
        action(async ({ client, config }, pool: string, id: string) => {
          const view = await client.members.get(pool, id);
          return { json: view, text: memberDetail(view, config.colour) };
        }),
      ),
  );
  member.addCommand(
    withSettings(new Command('set').description('Change settings').argument('<pool>').argument('<member>'))
      .option('--hostname <fqdn>', 'new hostname; the old one is accepted for 10 more minutes')
      .option('--confirm-move', 'yes, move the records when this is the active member and gets another address')
      .action(
        action(async ({ client, config }, pool: string, id: string, options: Settings) => {
          const view = await client.members.set(pool, id, {
            ...settings(options),
            ...(options.hostname === undefined ? {} : { hostname: options.hostname }),
            ...(options.confirmMove ? { confirmMove: true } : {}),
          });
          return { json: view, text: memberDetail(view, config.colour) };
        }),
      ),
  );
  member.addCommand(memberEnrol());
  member.addCommand(memberRemove());
  member.addCommand(memberPromote());
  return member;
}

function memberAdd(): Command {
  return withSettings(
    new Command('add').description('Add a host and print its install line').argument('<pool>').argument('<hostname>'),
  )
    .addOption(new Option('--template <template>', 'its role').choices(memberTemplates))
    .option('--expires <minutes>', 'life of the install line (default 15)', wholeNumber)
    .action(
      action(async ({ client, config }, pool: string, hostname: string, options: Settings & { expires?: number }) => {
        const added = await client.members.add(pool, {
          hostname,
          allowedEgress: [...(options.egress ?? [])],
          ...settings(options),
          ...(options.template === undefined ? {} : { template: options.template }),
          ...(options.expires === undefined ? {} : { enrolmentMinutes: options.expires }),
        });
        return { json: added, text: `${memberDetail(added.member, config.colour)}\n\n${installLine(added.enrolment)}` };
      }),
    );
}

function memberEnrol(): Command {
  return new Command('enrol')
    .description('A new install line; the earlier one is void')
    .argument('<pool>')
    .argument('<member>')
    .option('--expires <minutes>', 'life of the install line (default 15)', wholeNumber)
    .action(
      action(async ({ client }, pool: string, id: string, { expires }: { expires?: number }) => {
        const enrolment = await client.members.enrol(pool, id, expires === undefined ? {} : { minutes: expires });
        return { json: enrolment, text: installLine(enrolment) };
      }),
    );
}

function memberRemove(): Command {
  return new Command('remove')
    .description('Remove a member: its key is revoked, its history kept')
    .argument('<pool>')
    .argument('<member>')
    .option('--release-record', 'also the active one: management ends, the record stays as it is')
    .option('-y, --yes', 'do not ask')
    .action(
      action(
        async ({ client, json }, pool: string, id: string, options: { releaseRecord?: boolean; yes?: boolean }) => {
          await confirm(`Remove ${id} from ${pool}?`, { yes: options.yes ?? false, json });
          const removed = await client.members.remove(pool, id, options.releaseRecord ? { releaseRecord: true } : {});
          return { json: removed, text: `${id} is removed.` };
        },
      ),
    );
}

function withSettings(command: Command): Command {
  return command
    .option('--egress <addresses>', 'addresses or CIDR ranges its agent may come from', list)
    .option('--ipv4 <address>', 'public IPv4; none = as reported by the agent or seen by us')
    .option('--unit <names>', 'systemd units to watch (default haproxy.service)', list)
    .option('--monitored', 'HAProxy counts as health here (default in HAProxy pools)')
    .option('--no-monitored', 'HAProxy does not count as health here')
    .option('--priority <number>', 'lower is preferred (default 100)', wholeNumber);
}

function settings(options: Settings) {
  return {
    ...(options.egress === undefined ? {} : { allowedEgress: [...options.egress] }),
    ...(options.ipv4 === undefined ? {} : { publicIpv4: options.ipv4 === 'none' ? null : options.ipv4 }),
    ...(options.unit === undefined ? {} : { units: [...options.unit] }),
    ...(options.monitored === undefined ? {} : { monitored: options.monitored }),
    ...(options.priority === undefined ? {} : { priority: options.priority }),
  };
}

function installLine(enrolment: EnrolmentView): string {
  return `Run this on the host as root in a checkout of ServerCTL, and give it the secret when it asks (then: script/agent run):\n\n  ${enrolment.command}\n\n  secret   ${enrolment.secret}\n  valid    until ${zonedTime(enrolment.expiresAt)}, once`;
}

import { type MemberMaintained, onActiveChoices } from '@serverctl/contract';
import { Command, Option } from 'commander';
import { memberArgument, poolArgument, reasonOption, yesOption } from '../arguments.ts';
import { action, type Context } from '../context.ts';
import { examples } from '../help.ts';
import { memberDone } from '../output/member.ts';
import { poolDone } from '../output/pool.ts';
import { clean } from '../output/table.ts';
import { untilText } from '../output/words.ts';
import { confirm } from '../prompt.ts';
import { minutes } from '../times.ts';
import { describeMove } from './promote.ts';

interface Options {
  /** Minutes. */
  readonly for?: number;
  readonly reason?: string;
  readonly end?: boolean;
}

interface MemberOptions extends Options {
  readonly switch?: boolean;
  readonly stay?: boolean;
  readonly preview?: boolean;
  readonly yes?: boolean;
}

/** `serverctl pool maintenance POOL`: nothing moves by itself until it ends, and it ends by itself (R13). */
export function poolMaintenance(): Command {
  return withOptions(
    new Command('maintenance')
      .description('Maintenance of a whole pool: nothing moves by itself until it ends')
      .addArgument(poolArgument())
      .addHelpText(
        'after',
        examples([
          [
            'for an hour, or an hour from now when it holds already',
            "serverctl pool maintenance edge --for 1h --reason 'new switch'",
          ],
          ['done before its time', 'serverctl pool maintenance edge --end'],
        ]),
      ),
  ).action(
    action(async ({ client }, id: string, options: Options) => {
      const planned = plannedIn(options);
      const view = planned === null ? await client.pools.endMaintenance(id) : await client.pools.maintain(id, planned);
      const sentence =
        planned === null
          ? `The maintenance of ${view.name} is over.`
          : `${view.name} is in maintenance ${untilText(view.maintenance?.until)}: nothing moves by itself.`;
      return { json: view, text: poolDone(sentence, view) };
    }),
  );
}

/** `serverctl member maintenance POOL MEMBER`: no candidate until it ends; of the active one the records stay or are moved first. */
export function memberMaintenance(): Command {
  const [toSwitch, toStay] = onActiveChoices;
  return withOptions(
    new Command('maintenance')
      .description('Maintenance of one member: it is no candidate, and nothing moves away from it')
      .addArgument(poolArgument())
      .addArgument(memberArgument())
      .addHelpText(
        'after',
        examples([
          ['a standby', "serverctl member maintenance edge lb2.example.com --for 30m --reason 'reboot'"],
          [
            'the active one: move the records to the next ready standby first',
            "serverctl member maintenance edge lb1.example.com --for 30m \\\n    --reason 'reboot' --switch",
          ],
          [
            'what that would move',
            "serverctl member maintenance edge lb1.example.com --for 30m \\\n    --reason 'reboot' --switch --preview",
          ],
          ['done before its time', 'serverctl member maintenance edge lb1.example.com --end'],
        ]),
      ),
  )
    .addOption(
      new Option(`--${toSwitch}`, 'of the active member: move the records away first').conflicts([toStay, 'end']),
    )
    .addOption(new Option(`--${toStay}`, 'of the active member: leave the records with it').conflicts('end'))
    .addOption(new Option('--preview', `with --${toSwitch}: show what would move and change nothing`).conflicts('end'))
    .addOption(yesOption().conflicts('end'))
    .action(
      action(async (context, pool: string, id: string, options: MemberOptions) => {
        const { client } = context;
        const planned = plannedIn(options);
        if (planned === null) {
          const member = await client.members.endMaintenance(pool, id);
          const text = `The maintenance of ${member.hostname} is over; it is judged like any other again.`;
          return { json: member, text: memberDone(text, member, pool) };
        }
        const onActive = options.switch ? toSwitch : options.stay ? toStay : undefined;
        const wish = { ...planned, ...(onActive === undefined ? {} : { onActive }) };
        const previewed =
          options.switch || options.preview
            ? await client.members.maintain(pool, id, { ...wish, preview: true })
            : null;
        if (previewed !== null && options.preview) return { json: previewed, text: moveText(previewed) };
        const confirmed = previewed === null ? wish : await confirmMove(context, previewed, options.yes ?? false);
        const done = await client.members.maintain(pool, id, { ...planned, ...confirmed });
        const { member, promotion } = done;
        const moved = promotion === null ? '' : `\n${clean(promotion.sentence)} Watch it: serverctl watch ${pool}`;
        const text = `${member.hostname} is in maintenance ${untilText(member.status.maintenance?.until)}.${moved}`;
        return { json: done, text: memberDone(text, member, pool) };
      }),
    );
}

function moveText({ member, preview }: MemberMaintained): string {
  return preview === null ? `No record moves: ${member.hostname} would only be in maintenance.` : describeMove(preview);
}

/** What was shown is what is confirmed: the member, not "next", which may be another by now. */
async function confirmMove({ say, json }: Context, previewed: MemberMaintained, yes: boolean) {
  const { member, preview } = previewed;
  // Nothing moves, so nobody said yes to a move: should it be active by the time of the act, the server asks.
  if (preview === null) return {};
  say(moveText(previewed));
  const question = `Clients are sent to the new address, then ${member.hostname} is in maintenance. Go on?`;
  await confirm(question, { yes, json });
  return { onActive: onActiveChoices[0], expectNext: preview.toMemberId };
}

/** Either how long and why, or its end: anything else is a usage error before anything is asked. */
function withOptions(command: Command): Command {
  return command
    .addOption(new Option('--for <duration>', 'from now: 30m, 2h, 1d; it ends by itself').argParser(minutes))
    .addOption(reasonOption())
    .addOption(new Option('--end', 'end it before its time').conflicts(['for', 'reason']))
    .hook('preAction', (_command, asked) => {
      const { end, for: duration, reason } = asked.opts<Options>();
      if (end || (duration !== undefined && reason !== undefined)) return;
      asked.error('error: name how long and why (--for 30m --reason …), or end it (--end)', {
        code: 'commander.missingMandatoryOptionValue',
      });
    });
}

/** What shall begin; null = it shall end. */
function plannedIn({ end, for: duration, reason }: Options): { minutes: number; reason: string } | null {
  return end || duration === undefined || reason === undefined ? null : { minutes: duration, reason };
}

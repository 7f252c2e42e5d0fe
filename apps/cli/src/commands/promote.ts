import type { PromotePreview, PromotionDetail, PromotionView } from '@serverctl/contract';
import { Command } from 'commander';
import { memberArgument, named, poolArgument, reasonOf, reasonOption, yesOption } from '../arguments.ts';
import { action, type Context, type Outcome } from '../context.ts';
import { examples } from '../help.ts';
import { count } from '../options.ts';
import { clean, facts, table } from '../output/table.ts';
import { localTime, measuredText, recordText } from '../output/words.ts';
import { confirm } from '../prompt.ts';

interface Options {
  readonly reason?: string;
  readonly confirmNotReady?: boolean;
  readonly preview?: boolean;
  readonly yes?: boolean;
}

/** `serverctl pool cut POOL`: the next ready standby becomes active. */
export function poolCut(): Command {
  return withOptions(
    new Command('cut')
      .description('Cut DNS to the next ready standby, after a preview')
      .addArgument(poolArgument())
      .addHelpText(
        'after',
        examples([
          ['what would happen', 'serverctl pool cut edge --preview'],
          ['now, without the question', "serverctl pool cut edge --reason 'kernel update' --yes"],
        ]),
      ),
  ).action(action((context, pool: string, options: Options) => switchOver(context, pool, 'next', options)));
}

/** `serverctl member promote POOL MEMBER`: the named member becomes active. */
export function memberPromote(): Command {
  return withOptions(
    new Command('promote')
      .description('Make a member active: the records move to it, after a preview')
      .addArgument(poolArgument())
      .addArgument(memberArgument('the one that shall be active, by hostname or id'))
      .addHelpText(
        'after',
        examples([
          ['what would happen', 'serverctl member promote edge lb2.example.com --preview'],
          [
            'also when it is not ready',
            "serverctl member promote edge lb2.example.com --reason 'lb1 burns' \\\n    --confirm-not-ready",
          ],
        ]),
      ),
  ).action(
    action((context, pool: string, member: string, options: Options) => switchOver(context, pool, member, options)),
  );
}

function withOptions(command: Command): Command {
  return command
    .addOption(reasonOption())
    .option('--preview', 'show what would happen and change nothing')
    .option('--confirm-not-ready', 'yes, also when the member is not ready')
    .addOption(yesOption());
}

async function switchOver(
  { client, json, say }: Context,
  pool: string,
  to: string,
  options: Options,
): Promise<Outcome> {
  const request = { to, ...reasonOf(options), confirmNotReady: options.confirmNotReady ?? false };
  const { preview } = await client.promotions.promote(pool, { ...request, preview: true });
  if (options.preview) return { json: { preview, promotion: null }, text: describeMove(preview) };
  say(describeMove(preview));
  await confirm('Clients of these names are sent to the new address. Go on?', { yes: options.yes ?? false, json });
  // What was previewed is what is confirmed. "next" stays next and is no named target: a pause or a maintenance since then binds it (R13).
  const shown = to === 'next' ? { expectNext: preview.toMemberId } : { to: preview.toMemberId };
  const result = await client.promotions.promote(pool, { ...request, ...shown });
  return {
    json: result,
    text: `Recorded as epoch ${result.promotion?.epoch ?? '?'}. Watch it: serverctl watch ${pool}`,
  };
}

/** What moves, name by name. */
export function describeMove(preview: PromotePreview): string {
  const rows = preview.names.map((name) => [
    recordText(name),
    name.from.join(', ') || 'no record',
    name.to ?? 'no address',
    `${name.ttlSeconds} s`,
  ]);
  const notes = preview.names.map(({ warnings }) => warnings.map((warning) => `Warning: ${clean(warning)}`));
  return `${clean(preview.sentence)}\n\n${table(['name', 'from', 'to', 'old TTL'], rows, notes, { whole: ['to'] })}`;
}

/** `serverctl promotion list|show POOL`: what moved, when, why. */
export function promotionCommand(): Command {
  const promotion = new Command('promotion').description('Promotions: what moved, when and why');
  promotion.addCommand(
    new Command('list')
      .description('Promotions of a pool, newest first')
      .addArgument(poolArgument())
      .option('--limit <number>', 'how many of the newest (default 50)', count(200))
      .action(
        action(async ({ client }, pool: string, { limit }: { limit?: number }) => {
          const { promotions } = await client.promotions.list(pool, limit === undefined ? {} : { limit });
          const rows = promotions.map((one) => [
            one.id,
            localTime(one.decidedAt),
            kindText(one),
            String(one.epoch),
            one.state,
          ]);
          const notes = promotions.map((one) => [clean(one.sentence), ...toldReason(one)]);
          return {
            json: promotions,
            text:
              promotions.length === 0
                ? 'Nothing was promoted yet.'
                : table(['id', 'decided', 'kind', 'epoch', 'state'], rows, notes, { whole: ['id', 'decided'] }),
          };
        }),
      ),
  );
  promotion.addCommand(
    new Command('show')
      .description('One promotion: its timeline and who asked for it')
      .addArgument(poolArgument())
      .argument('<promotion>', 'id of the promotion, from the list', named)
      .option('--evidence', 'also what the decision was made from')
      .action(
        action(async ({ client }, pool: string, id: string, { evidence = false }: { evidence?: boolean }) => {
          const one = await client.promotions.get(pool, id);
          const { members } = await client.members.list(pool);
          const name = (member: string | null) =>
            members.find((each) => each.id === member)?.hostname ?? member ?? 'nobody';
          return {
            json: one,
            text: [clean(one.sentence), detail(one, name), timeline(one), ...(evidence ? [evidenceOf(one)] : [])].join(
              '\n\n',
            ),
          };
        }),
      ),
  );
  return promotion;
}

function detail(one: PromotionView, name: (member: string | null) => string): string {
  return facts([
    ['promotion', one.id],
    ['kind', kindText(one)],
    ['moved', `${name(one.fromMemberId)} → ${name(one.toMemberId)}`],
    ['epoch', String(one.epoch)],
    ['state', one.state],
    ['actor', clean(one.actor)],
    ['reason', clean(one.reason ?? 'none was given')],
  ]);
}

/** A repair, and a new address of the active member, are switchovers to the member that is active already: their cause says what they are. */
function kindText({ kind, cause }: PromotionView): string {
  if (cause === 'kept') return 'repair';
  return cause === 're-addressed' ? 'new address' : kind;
}

function toldReason({ reason, actor }: PromotionView): readonly string[] {
  return reason === null ? [] : [`Reason (${clean(actor)}): ${clean(reason)}`];
}

function timeline(promotion: PromotionView): string {
  const rows = promotion.steps.map((step) => [
    step.step,
    step.name === null ? '' : recordText({ name: step.name, type: step.type }),
    localTime(step.at),
    `${step.afterMs < 0 ? '-' : '+'}${measuredText(Math.abs(step.afterMs))}`,
  ]);
  return table(['step', 'name', 'at', 'after'], rows, [], { whole: ['step', 'at'] });
}

/** The evidence and the decision as they were stored (R14). */
function evidenceOf({ evidence, decision }: PromotionDetail): string {
  const indented = JSON.stringify({ evidence, decision }, null, 2).split('\n').map(clean);
  return `What it was decided from:\n${indented.join('\n')}`;
}

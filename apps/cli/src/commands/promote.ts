import type { PromotePreview, PromotionView } from '@serverctl/contract';
import { Command } from 'commander';
import { action, type Context, type Outcome } from '../context.ts';
import { clean, facts, table } from '../output/table.ts';
import { localTime, measuredText } from '../output/words.ts';
import { confirm } from '../prompt.ts';

interface Options {
  readonly reason: string;
  readonly confirmNotReady?: boolean;
  readonly preview?: boolean;
  readonly yes?: boolean;
}

/** `serverctl pool cut POOL`: the next ready standby becomes active. */
export function poolCut(): Command {
  return withOptions(new Command('cut').description('Cut DNS to the next ready standby').argument('<pool>')).action(
    action((context, pool: string, options: Options) => switchOver(context, pool, 'next', options)),
  );
}

/** `serverctl member promote POOL MEMBER`: the named member becomes active. */
export function memberPromote(): Command {
  return withOptions(
    new Command('promote').description('Make a member active').argument('<pool>').argument('<member>'),
  ).action(
    action((context, pool: string, member: string, options: Options) => switchOver(context, pool, member, options)),
  );
}

function withOptions(command: Command): Command {
  return command
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--preview', 'show what would happen and change nothing')
    .option('--confirm-not-ready', 'yes, also when the member is not ready')
    .option('-y, --yes', 'do not ask');
}

async function switchOver(
  { client, json, say }: Context,
  pool: string,
  to: string,
  options: Options,
): Promise<Outcome> {
  const request = { to, reason: options.reason, confirmNotReady: options.confirmNotReady ?? false };
  const { preview } = await client.promotions.promote(pool, { ...request, preview: true });
  if (options.preview) return { json: { preview, promotion: null }, text: describe(preview) };
  say(describe(preview));
  await confirm('Go on?', { yes: options.yes ?? false, json });
  // What was previewed is what is confirmed: the member, not "next", which may be another by now.
  const result = await client.promotions.promote(pool, { ...request, to: preview.toMemberId });
  return {
    json: result,
    text: `Recorded as epoch ${result.promotion?.epoch ?? '?'}. Watch it: serverctl watch ${pool}`,
  };
}

function describe(preview: PromotePreview): string {
  const rows = preview.names.map((name) => [
    name.name,
    name.from.join(', ') || 'no record',
    name.to ?? 'no address',
    `${name.ttlSeconds} s`,
  ]);
  return `${clean(preview.sentence)}\n\n${table(['name', 'from', 'to', 'old TTL'], rows)}`;
}

/** `serverctl promotion list|show POOL`: what moved, when, why. */
export function promotionCommand(): Command {
  const promotion = new Command('promotion').description('Promotions: what moved, when and why');
  promotion.addCommand(
    new Command('list')
      .description('Newest first')
      .argument('<pool>')
      .action(
        action(async ({ client }, pool: string) => {
          const { promotions } = await client.promotions.list(pool);
          const rows = promotions.map((one) => [
            one.id,
            localTime(one.decidedAt),
            one.kind,
            String(one.epoch),
            one.state,
          ]);
          const notes = promotions.map((one) => [clean(one.sentence), ...reasonOf(one)]);
          return {
            json: promotions,
            text:
              promotions.length === 0
                ? 'Nothing was promoted yet.'
                : table(['id', 'decided', 'kind', 'epoch', 'state'], rows, notes),
          };
        }),
      ),
  );
  promotion.addCommand(
    new Command('show')
      .description('One promotion with its timeline')
      .argument('<pool>')
      .argument('<promotion>')
      .action(
        action(async ({ client }, pool: string, id: string) => {
          const one = await client.promotions.get(pool, id);
          const { members } = await client.members.list(pool);
          const name = (member: string | null) =>
            members.find((each) => each.id === member)?.hostname ?? member ?? 'nobody';
          return { json: one, text: [clean(one.sentence), detail(one, name), timeline(one)].join('\n\n') };
        }),
      ),
  );
  return promotion;
}

function detail(one: PromotionView, name: (member: string | null) => string): string {
  return facts([
    ['promotion', one.id],
    ['kind', one.kind],
    ['moved', `${name(one.fromMemberId)} → ${name(one.toMemberId)}`],
    ['epoch', String(one.epoch)],
    ['state', one.state],
    ['actor', clean(one.actor)],
    ['reason', clean(one.reason ?? 'none was given')],
  ]);
}

function reasonOf({ reason, actor }: PromotionView): readonly string[] {
  return reason === null ? [] : [`Reason (${clean(actor)}): ${clean(reason)}`];
}

function timeline(promotion: PromotionView): string {
  const rows = promotion.steps.map((step) => [
    step.step,
    step.name ?? '',
    localTime(step.at),
    `${step.afterMs < 0 ? '-' : '+'}${measuredText(Math.abs(step.afterMs))}`,
  ]);
  return table(['step', 'name', 'at', 'after'], rows);
}

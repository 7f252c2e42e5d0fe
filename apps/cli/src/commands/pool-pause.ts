import { type PoolOperated, type PoolResumed, recordChoices } from '@serverctl/contract';
import { Command, Option } from 'commander';
import { poolArgument, reasonOf, reasonOption, yesOption } from '../arguments.ts';
import { action, type Context, type Outcome } from '../context.ts';
import { examples } from '../help.ts';
import { stillHeldBack } from '../output/held-back.ts';
import { poolDone } from '../output/pool.ts';
import { clean, table } from '../output/table.ts';
import { recordText } from '../output/words.ts';
import { confirm } from '../prompt.ts';
import { describeMove } from './promote.ts';

interface Reason {
  readonly reason: string;
}

interface Resume {
  readonly reason?: string;
  readonly adopt?: boolean;
  readonly keep?: boolean;
  readonly preview?: boolean;
  readonly confirmNotReady?: boolean;
  readonly yes?: boolean;
}

interface Repair {
  readonly reason?: string;
  readonly preview?: boolean;
}

interface Adopt {
  readonly reason?: string;
  readonly preview?: boolean;
  readonly confirmNotReady?: boolean;
  readonly yes?: boolean;
}

/** `serverctl pool pause POOL`: only a switchover that names its target acts until a person resumes it (R13). */
export function poolPause(): Command {
  return new Command('pause')
    .addArgument(poolArgument())
    .addOption(reasonOption().makeOptionMandatory())
    .description(
      'Pause: only a switchover that names its target (member promote) moves or writes anything, until a person resumes it',
    )
    .action(
      action(async ({ client }, id: string, { reason }: Reason) => {
        const view = await client.pools.pause(id, { reason });
        const text = `${view.name} is paused. Go on with: serverctl pool resume ${view.name} --reason …`;
        return { json: view, text: poolDone(text, view) };
      }),
    );
}

/** `serverctl pool resume POOL`: the records are read first; where two sides claim them a person says which is right (R21, R25). */
export function poolResume(): Command {
  const [adopt, keep] = recordChoices;
  return new Command('resume')
    .addArgument(poolArgument())
    .addOption(reasonOption())
    .description('End a pause; the records are read first')
    .addHelpText(
      'after',
      examples([
        ['the records are as this pool left them', "serverctl pool resume edge --reason 'maintenance done'"],
        ['what stands there now', 'serverctl pool resume edge --preview'],
        ['somebody else wrote them, and we go on', "serverctl pool resume edge --reason 'old plane is off' --keep"],
      ]),
    )
    .addOption(new Option(`--${adopt}`, 'the records are right: the member they name becomes active').conflicts(keep))
    .addOption(new Option(`--${keep}`, 'the pool is right: its address is written again, whoever marked it'))
    .option('--preview', 'show what stands at each name and change nothing')
    .option('--confirm-not-ready', `yes, with --${adopt} also when that member is not ready`)
    .addOption(yesOption())
    .action(action(resume));
}

async function resume(context: Context, id: string, options: Resume): Promise<Outcome> {
  const { client, say } = context;
  const [adopt, keep] = recordChoices;
  const choice = options.adopt ? adopt : options.keep ? keep : null;
  const request = reasonOf(options);
  const previewed =
    choice === null && !options.preview ? null : await client.pools.resume(id, { ...request, preview: true });
  if (previewed !== null && options.preview) return { json: previewed, text: recordsText(previewed) };
  if (previewed?.records.some(({ disputed }) => disputed !== null)) {
    say(recordsText(previewed));
    const question =
      choice === keep ? 'These records are written over.' : 'The pool follows these records from now on.';
    await confirm(`${question} Go on?`, { yes: options.yes ?? false, json: context.json });
  }
  // What was shown is what is confirmed: another mark may stand there by now.
  const shown = previewed?.records.map(({ name, type, mark }) => ({ name, type, mark }));
  // For another member's addresses may stand under the same marks.
  const expect = choice === adopt ? previewed?.named : previewed?.pool.activeMemberId;
  const done = await client.pools.resume(id, {
    ...request,
    ...(choice === null ? {} : { record: choice }),
    ...(shown === undefined ? {} : { expectMarks: shown }),
    ...(expect == null ? {} : { expect }),
    ...(options.confirmNotReady ? { confirmNotReady: true } : {}),
  });
  const held = stillHeldBack(done.pool);
  const what = `${done.pool.name} is resumed`;
  return held === null ? operated(done, `${what}: the records follow health again`) : operated(done, what, held);
}

/** What stands at each name, and below it what two sides claim. */
function recordsText({ records }: PoolResumed): string {
  if (records.length === 0) return 'The pool has no managed name.';
  const rows = records.map(({ name, type, addresses, mark }) => [
    recordText({ name, type }),
    addresses.join(', ') || 'no record',
    clean(mark ?? 'none'),
  ]);
  const notes = records.map(({ disputed }) => (disputed === null ? [] : [clean(disputed)]));
  return table(['name', 'holds', 'mark'], rows, notes, { whole: ['holds'] });
}

/** `serverctl pool adopt POOL`: what a person's hand wrote into the records becomes the pool's own (R21). */
export function poolAdopt(): Command {
  return new Command('adopt')
    .addArgument(poolArgument())
    .addOption(reasonOption())
    .description('Drift: the member that the records name becomes the active one, after a preview')
    .addHelpText(
      'after',
      examples([
        ['whom it would make active', 'serverctl pool adopt edge --preview'],
        ['now, without the question', "serverctl pool adopt edge --reason 'moved by hand' --yes"],
      ]),
    )
    .option('--preview', 'show what would happen and change nothing')
    .option('--confirm-not-ready', 'yes, also when that member is not ready')
    .addOption(yesOption())
    .action(action(adopt));
}

async function adopt({ client, json, say }: Context, id: string, options: Adopt): Promise<Outcome> {
  const request = { ...reasonOf(options), confirmNotReady: options.confirmNotReady ?? false };
  const previewed = await client.pools.adopt(id, { ...request, preview: true });
  const shown = describeMove(previewed.preview);
  if (options.preview) return { json: previewed, text: shown };
  say(shown);
  await confirm('The pool follows these records from now on. Go on?', { yes: options.yes ?? false, json });
  // What was previewed is what is confirmed: the records may name another member by now.
  const done = await client.pools.adopt(id, { ...request, expect: previewed.preview.toMemberId });
  return operated(done, 'Adopted');
}

/** `serverctl pool repair POOL`: what a person's hand wrote is undone (R21). */
export function poolRepair(): Command {
  return new Command('repair')
    .addArgument(poolArgument())
    .addOption(reasonOption())
    .description('Drift: write the active member’s address into the records again')
    .addHelpText(
      'after',
      examples([
        ['what would be written', 'serverctl pool repair edge --preview'],
        ['nobody meant that change', "serverctl pool repair edge --reason 'set by mistake'"],
      ]),
    )
    .option('--preview', 'show what would be written and change nothing')
    .action(
      action(async ({ client }, id: string, options: Repair) => {
        if (!options.preview) return operated(await client.pools.repair(id, reasonOf(options)), 'Recorded');
        const previewed = await client.pools.repair(id, { ...reasonOf(options), preview: true });
        return { json: previewed, text: describeMove(previewed.preview) };
      }),
    );
}

function operated(done: PoolOperated, what: string, ...more: readonly string[]): Outcome {
  const { pool, promotion } = done;
  const lines =
    promotion === null
      ? [`${what}.`]
      : [
          `${what}; being written as epoch ${promotion.epoch}. Watch it: serverctl watch ${pool.name}`,
          clean(promotion.sentence),
        ];
  return { json: done, text: poolDone([...lines, ...more].join('\n'), pool) };
}

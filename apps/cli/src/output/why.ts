import type { WhyView } from '@serverctl/contract';
import { ruleText } from './rules.ts';
import { clean, facts, table } from './table.ts';
import { localTime, type Tone, tinted } from './words.ts';

/** Of all changes those that lead to this decision; `--json` has more. */
const shownChanges = 8;

interface Shown {
  /** A moment was asked for, and not now. */
  readonly asked: boolean;
  readonly evidence: boolean;
  readonly colour: boolean;
}

const toneOf: Readonly<Record<WhyView['kind'], Tone>> = {
  keep: 'good',
  wait: 'careful',
  promote: 'careful',
  refuse: 'bad',
};

/** One decision explained: the sentence, the rules, the inputs, who and why, why not each other one, and how it came to this. */
export function whyText(why: WhyView, { asked, evidence, colour }: Shown): string {
  return [
    clean(why.sentence),
    head(why, asked, colour),
    ...rulesOf(why),
    `Inputs\n${table(
      ['input', 'was'],
      why.inputs.map(({ name, value }) => [clean(name), clean(value)]),
    )}`,
    why.chosen === null ? 'Chosen: nobody.' : `Chosen: ${clean(why.chosen.hostname)}\n    ${clean(why.chosen.because)}`,
    ...othersOf(why),
    ...changesOf(why),
    ...(evidence ? [evidenceOf(why)] : []),
  ].join('\n\n');
}

function head(why: WhyView, asked: boolean, colour: boolean): string {
  return facts([
    ...(asked ? [['asked about', localTime(why.at)] as const] : []),
    ['decision', `${tinted(why.kind, toneOf[why.kind], colour)}, ${why.because}`],
    ['since', `${localTime(why.since)}${asked ? '' : `, judged last ${localTime(why.judgedAt)}`}`],
    ...(why.besides.length === 0 ? [] : [['besides', besidesOf(why)] as const]),
    [
      'replay',
      why.replayed
        ? 'the stored evidence gives this decision again'
        : tinted('the stored evidence gives ANOTHER decision now: report this', 'bad', colour),
    ],
  ]);
}

/** Of the second that was asked about: what held before and after the decision that is shown. */
function besidesOf({ besides }: WhyView): string {
  return `in the same second: ${besides.map(({ kind, because }) => `${kind}, ${because}`).join('; ')}`;
}

function rulesOf({ rules }: WhyView): readonly string[] {
  return rules.length === 0 ? [] : [`Rules\n${facts(rules.map((rule) => [clean(rule), ruleText(rule)] as const))}`];
}

function othersOf({ others, chosen }: WhyView): readonly string[] {
  if (others.length === 0) return [];
  const rows = others.map(({ hostname, because }) => [clean(hostname), clean(because)]);
  const title = chosen === null ? 'Who could be, and who not' : 'Why not each other one';
  return [`${title}\n${table(['member', 'because'], rows)}`];
}

function changesOf({ changes }: WhyView): readonly string[] {
  const rows = changes.slice(-shownChanges).map(({ at, kind, because }) => [localTime(at), kind, because]);
  const notes = changes.slice(-shownChanges).map(({ sentence }) => [clean(sentence)]);
  return rows.length === 0
    ? []
    : [`Last changes\n${table(['at', 'decision', 'because'], rows, notes, { whole: ['at'] })}`];
}

/** As it was stored (R14). */
function evidenceOf({ decision, evidence }: WhyView): string {
  const indented = JSON.stringify({ decision, evidence }, null, 2).split('\n').map(clean);
  return `Evidence\n${indented.join('\n')}`;
}

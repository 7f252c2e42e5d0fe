import type { MailSecret } from './channel-secret.ts';
import { headline, type Message, oneLine } from './message.ts';

/** Mail programs show no more of it, and some servers refuse a longer one. */
const mostSubject = 180;

/**
 * A plain text mail. Its Message-ID is made of the delivery's id, so that a retry is the same mail; a recovery answers the mail that told
 * its trouble, so that both stand together.
 */
export function mailOf(channel: MailSecret, message: Message, whatToDo: string) {
  const { id, happenedAt, notice } = message;
  const domain = domainOf(channel.from);
  const ended = notice.ends === undefined ? null : `<${notice.ends}@${domain}>`;
  return {
    from: oneLine(channel.from),
    to: [...channel.to],
    subject: headline(notice).slice(0, mostSubject),
    text: textOf(message, whatToDo),
    date: happenedAt,
    messageId: `<${id}@${domain}>`,
    ...(ended !== null && { inReplyTo: ended, references: [ended] }),
    // RFC 3834: nobody's absence note answers it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    encoding: 'utf-8',
  };
}

function textOf({ id, happenedAt, notice }: Message, whatToDo: string): string {
  const { kind, severity, pool, member, sentence } = notice;
  const lines: readonly (readonly [string, string | null])[] = [
    ['pool', pool],
    ['member', member],
    ['severity', severity],
    ['event', kind],
    ['time', happenedAt.toISOString()],
    ['what to do', whatToDo],
    ['delivery', id],
  ];
  const facts = lines.flatMap(([name, value]) => (value === null ? [] : [`${name}: ${oneLine(value)}`]));
  return `${oneLine(sentence)}\n\n${facts.join('\n')}\n`;
}

/** Of `ServerCTL <alerts@example.com>` it is example.com. */
function domainOf(from: string): string {
  return /@([A-Za-z0-9.-]+)>?\s*$/.exec(from)?.[1] ?? 'serverctl.invalid';
}

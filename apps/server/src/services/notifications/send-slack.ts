import type { SlackSecret } from './channel-secret.ts';
import type { Answer, Message } from './message.ts';
import { headline } from './message.ts';
import { postAnswer } from './post-answer.ts';
import type { SendPorts } from './send-ports.ts';

/** An incoming webhook as Slack knows it. Sends words only, no details. */
export function sendSlack(
  { outbound, runbooks }: Pick<SendPorts, 'outbound' | 'runbooks'>,
  { url }: SlackSecret,
  message: Message,
  signal?: AbortSignal,
): Promise<Answer> {
  const body = JSON.stringify(slackBody(message, runbooks.linkOf(message.notice.kind)));
  return postAnswer(outbound, url, body, { 'content-type': 'application/json' }, signal);
}

/** What a section takes at most is 3,000 characters; escaping makes them more. */
const mostCharacters = 2_000;

export function slackBody({ happenedAt, notice }: Message, whatToDo: string): object {
  const said = escaped(headline(notice).slice(0, mostCharacters));
  const below = [`\`${notice.kind}\``, happenedAt.toISOString(), whatToDo].join(' · ');
  return {
    text: said, // what a notification on a telephone shows
    blocks: [
      { type: 'section', text: { type: 'mrkdwn', text: said } },
      { type: 'context', elements: [{ type: 'mrkdwn', text: below }] },
    ],
  };
}

/**
 * To Slack nothing is a link with words of its own, a mention or a channel without these three. Others that take the same body, such as
 * Mattermost, read Markdown in it: there a name or a sentence may become a link or a mention.
 */
function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

import { isAppError, secondMs } from '@serverctl/core';
import type { Outbound, OutboundReply } from '../outbound.ts';
import { hostOf } from '../outbound-target.ts';
import type { Answer } from './message.ts';

/** Posts once and puts what came back into words. Never rejects. */
export async function postAnswer(
  outbound: Outbound,
  url: string,
  body: string,
  headers: Readonly<Record<string, string>>,
  signal?: AbortSignal,
): Promise<Answer> {
  const { origin } = new URL(url);
  try {
    return answerOf(origin, await outbound.post(url, body, headers, signal));
  } catch (error) {
    // Our own refusals have words; the platform's network errors only mean that nobody answered.
    const sentence = isAppError(error) ? error.message : `${hostOf(new URL(url))} did not answer.`;
    return { delivered: false, status: null, sentence, retryAfterMs: null };
  }
}

function answerOf(origin: string, { status, retryAfterSeconds }: OutboundReply): Answer {
  const delivered = status >= 200 && status < 300;
  const asksToWait = (status === 429 || status === 503) && retryAfterSeconds !== null;
  return {
    delivered,
    status,
    sentence: delivered ? `${origin} took the notice.` : refusal(origin, status),
    retryAfterMs: asksToWait ? retryAfterSeconds * secondMs : null,
  };
}

function refusal(origin: string, status: number): string {
  const isRedirect = status >= 300 && status < 400;
  return `${origin} answered ${status}${isRedirect ? ': a redirect, which is not followed' : ''}.`;
}

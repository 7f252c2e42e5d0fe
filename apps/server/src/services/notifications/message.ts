import type { DeliveryRow } from '../../db/repositories/deliveries.ts';
import type { StoredNotice } from '../../db/repositories/deliveries-queue.ts';

/** One notice on its way to one channel. Each attempt says the same. */
export interface Message {
  /** The delivery's: a receiver tells retries by it. */
  readonly id: string;
  readonly happenedAt: Date;
  readonly notice: StoredNotice;
}

/** What came of one attempt. */
export interface Answer {
  readonly delivered: boolean;
  /** HTTP status, or SMTP reply code; null when there was none. */
  readonly status: number | null;
  /** One sentence; never a secret, nor foreign text. */
  readonly sentence: string;
  /** How long the receiver asked us to wait; null = it did not. */
  readonly retryAfterMs: number | null;
}

export function messageOf(row: Pick<DeliveryRow, 'id' | 'happened_at' | 'notice'>): Message {
  return { id: row.id, happenedAt: row.happened_at, notice: row.notice as StoredNotice };
}

/** The same text without what could end a line or turn it around: names and sentences hold what hosts and people wrote (R45). */
export function oneLine(text: string): string {
  return text.replace(unseemly, ' ').replaceAll(/ {2,}/g, ' ').trim();
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: removing them is the purpose
const unseemly = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** `[critical] edge, lb1.example.com: sentence`, for whoever reads one line. */
export function headline({ severity, pool, member, sentence }: StoredNotice): string {
  const about = [pool, member].filter((one) => one !== null).join(', ');
  return oneLine(`[${severity}] ${about === '' ? '' : `${about}: `}${sentence}`);
}

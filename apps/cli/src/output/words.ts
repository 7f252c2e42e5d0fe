import { styleText } from 'node:util';
import type { MaintenanceView } from '@serverctl/contract';
import { durationText, type RecordType, secondMs } from '@serverctl/core';
import { clean } from './table.ts';

export type Tone = 'good' | 'bad' | 'careful' | 'quiet';
const styles = { good: 'green', bad: 'red', careful: 'yellow', quiet: 'dim' } as const;

/** Colours a word where colours are wanted; the word alone always says it all. */
export function tinted(text: string, tone: Tone, colour: boolean): string {
  return colour ? styleText(styles[tone], text, { validateStream: false }) : text;
}

export function healthTone(kind: string): Tone {
  if (kind === 'healthy') return 'good';
  return ['heartbeat-lost', 'haproxy-inactive', 'service-unreachable', 'quarantined'].includes(kind)
    ? 'bad'
    : 'careful';
}

export function stateTone(state: string): Tone {
  if (state === 'calm') return 'good';
  return ['no-standby', 'blocked', 'held', 'nobody-heard', 'drift'].includes(state) ? 'bad' : 'careful';
}

/** A measured time: `350 ms` below a second, since a promotion's steps lie that close together; else as everywhere. */
export function measuredText(ms: number): string {
  return Math.round(ms) < secondMs ? `${Math.round(ms)} ms` : durationText(ms);
}

/** The same with the zone's name, for a moment that is told to others. */
export function zonedTime(timestamp: string): string {
  const parts = new Intl.DateTimeFormat('en', { timeZoneName: 'short' }).formatToParts(new Date(timestamp));
  return `${localTime(timestamp)} ${parts.find(({ type }) => type === 'timeZoneName')?.value ?? ''}`;
}

/** `until 2026-01-31 12:00:00`, for what ends by itself. */
export function untilText(timestamp: string | undefined): string {
  return timestamp === undefined ? 'until it ends' : `until ${localTime(timestamp)}`;
}

/** Until when a maintenance lasts, or that it only waits for its end, and why. */
export function maintenanceText({ until, over, reason }: MaintenanceView): string {
  const lasts = over ? `over since ${localTime(until)} and not ended yet` : untilText(until);
  return `${lasts}${reason === null ? '' : `: ${clean(reason)}`}`;
}

/** Local date and time to the second; the JSON output has UTC. */
export function localTime(timestamp: string): string {
  const time = new Date(timestamp);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

/** A record of a managed name in a list: what is no A says so. */
export function recordText({ name, type }: { readonly name: string; readonly type: RecordType | null }): string {
  return type === 'AAAA' ? `${name} AAAA` : name;
}

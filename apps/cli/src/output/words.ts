import { styleText } from 'node:util';

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

/** `350 ms`, `4.2 s`, `3 min`, `2 h`, `5 d`. */
export function duration(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 3_600_000) return `${Math.round(ms / 60_000)} min`;
  return ms < 86_400_000 ? `${Math.round(ms / 3_600_000)} h` : `${Math.round(ms / 86_400_000)} d`;
}

/** Local date and time to the second; the JSON output has UTC. */
export function localTime(timestamp: string): string {
  const time = new Date(timestamp);
  const two = (value: number) => String(value).padStart(2, '0');
  const date = `${time.getFullYear()}-${two(time.getMonth() + 1)}-${two(time.getDate())}`;
  return `${date} ${two(time.getHours())}:${two(time.getMinutes())}:${two(time.getSeconds())}`;
}

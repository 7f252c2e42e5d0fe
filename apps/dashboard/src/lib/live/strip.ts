/**
 * How one second of a member's heartbeats went, as this page saw it. `unwatched`: the page itself did not listen then.
 *
 *   age at the end of the second     | bar
 *   at most 1.5 s                    | on time: one beat a second, and the way here
 *   at most 3 s                      | late: what R9 does not call silent yet
 *   older                            | missed
 *   never heard                      | unwatched: nothing is missed that never came
 *   the control plane did not listen | not listening: nobody is judged by it
 */
export type Bar = 'on-time' | 'late' | 'missed' | 'not-listening' | 'unwatched';

export const stripSeconds = 60;
const onTimeMs = 1_500;
const lateMs = 3_000;

export function barOf(ageMs: number | null, isListening: boolean): Bar {
  if (!isListening) return 'not-listening';
  if (ageMs === null) return 'unwatched';
  if (ageMs > lateMs) return 'missed';
  return ageMs <= onTimeMs ? 'on-time' : 'late';
}

/** The strip one look later: newest last, never longer than a minute. `gapSeconds` went by unwatched before it. */
export function extendStrip(strip: readonly Bar[], bar: Bar, gapSeconds: number): readonly Bar[] {
  return [...unwatchedFor(strip, gapSeconds), bar].slice(-stripSeconds);
}

/** The strip after seconds in which nobody watched; one that has not begun stays empty. */
export function unwatchedFor(strip: readonly Bar[], seconds: number): readonly Bar[] {
  if (strip.length === 0) return strip;
  const gap = Array.from({ length: Math.min(Math.max(0, seconds), stripSeconds) }, () => 'unwatched' as const);
  return [...strip, ...gap].slice(-stripSeconds);
}

const letters: Readonly<Record<string, Bar>> = { '+': 'on-time', '~': 'late', '-': 'missed', x: 'not-listening' };

/** A strip as the server kept it: what it does not know, and a letter of a later release, is left empty. */
export function stripOf(row: string): readonly Bar[] {
  return Array.from(row.replace(/^\.+/, ''), (letter) => letters[letter] ?? 'unwatched').slice(-stripSeconds);
}

/** "59 of the last 60 heartbeats on time, 1 late". */
export function stripLabel(strip: readonly Bar[]): string {
  const count = (bar: Bar) => strip.filter((one) => one === bar).length;
  const watched = strip.length - count('unwatched');
  if (watched === 0) return 'No second watched yet';
  const others = [
    [count('late'), 'late'],
    [count('missed'), 'missed'],
    [count('not-listening'), 'not listened to'],
  ] as const;
  const said = others.filter(([n]) => n > 0).map(([n, word]) => `, ${n} ${word}`);
  return `${count('on-time')} of the last ${watched} heartbeats on time${said.join('')}`;
}

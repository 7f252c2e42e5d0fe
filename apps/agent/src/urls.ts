import type { Clock } from './platform/clock.ts';

/*
 * Which address of the control plane is used.
 *
 *   on N --failed--> on N+1 (after the last, the first again)
 *   on N --answered--> stays on N
 *   on N ≠ first, for `waitMs` --> tries the first again:  answered -> stays there, waitMs starts over at 60 s
 *                                                          failed   -> back on N, waitMs doubles up to 10 min
 *
 * The order is the operator's preference, so the first is returned to; doubling keeps a first address that is
 * dead for days from costing a beat every minute.
 */
export interface UrlChoice {
  readonly count: number;
  /** The address for the next request. */
  current(): string;
  answered(url: string): void;
  /** Ignored for an address that is not the present one: a second request already moved on. */
  failed(url: string): void;
}

const firstWaitMs = 60_000;
const longestWaitMs = 600_000;

export function createUrlChoice(urls: readonly string[], clock: Clock): UrlChoice {
  let at = 0;
  let waitMs = firstWaitMs;
  let leftFirstAtMs = 0;
  /** The good address to go back to, while the first is being tried again. */
  let goodAt: number | null = null;

  const urlAt = (index: number) => urls[index] as string;
  const moveTo = (index: number) => {
    if (at === 0 && index !== 0) leftFirstAtMs = clock.nowMs();
    at = index;
  };

  return {
    count: urls.length,
    current() {
      if (at !== 0 && clock.nowMs() - leftFirstAtMs >= waitMs) {
        goodAt = at;
        at = 0;
      }
      return urlAt(at);
    },
    answered(url) {
      if (url !== urlAt(at) || at !== 0) return;
      goodAt = null;
      waitMs = firstWaitMs;
    },
    failed(url) {
      if (url !== urlAt(at)) return;
      if (goodAt !== null) waitMs = Math.min(waitMs * 2, longestWaitMs);
      moveTo(goodAt ?? (at + 1) % urls.length);
      goodAt = null;
    },
  };
}

/** Why this is not an address of a control plane, or null. */
export function urlProblem(text: string): string | null {
  if (!URL.canParse(text)) return `${text} is not a full address such as https://control.example.com`;
  const url = new URL(text);
  if (url.protocol !== 'https:' && url.protocol !== 'http:') return `${text} is neither https nor http`;
  if (url.username !== '' || url.password !== '') return 'an address must not contain a name or password';
  if (url.search !== '' || url.hash !== '') return 'an address must not contain ? or #';
  if (isReadableOnTheWay(text))
    return `${text} is plain http, where the secret and the tokens can be read on the way. Use the https address of the control plane; plain http is for this host itself only (127.0.0.1, localhost, [::1])`;
  return null;
}

/** Without the slash at the end, so that a path can be put behind it. */
export function normalUrl(text: string): string {
  return new URL(text).href.replace(/\/+$/, '');
}

/** True when what is sent there can be read on the way (R37): anything but https, except to this host itself. */
function isReadableOnTheWay(text: string): boolean {
  const url = new URL(text);
  if (url.protocol === 'https:') return false;
  return !(url.hostname === 'localhost' || url.hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(url.hostname));
}

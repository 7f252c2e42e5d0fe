import { base32 } from './base32.ts';

/** One secret that was seeded, to look for where it must not be. */
export interface Canary {
  readonly kind: string;
  /** The secret as people and programs write it. */
  readonly text: string;
  /** The bytes that the text stands for, where it stands for any. */
  readonly bytes?: Buffer;
}

/** Somewhere that a secret could be: a column of a table, a log, a reply. */
export interface Place {
  readonly name: string;
  readonly content: Buffer;
  /** The kind that this place shows on purpose, once: the reply to whom it was made for. */
  readonly shows?: readonly string[];
}

export interface Found {
  readonly kind: string;
  readonly form: string;
  readonly place: string;
}

/** A form must have so many bytes of the secret's own, or it could be there by chance. */
const leastBytes = 8;

/** Everything that a secret may look like. */
export function formsOf({ text, bytes }: Canary): readonly (readonly [form: string, needle: Buffer])[] {
  const json = JSON.stringify(text).slice(1, -1);
  const raw = [
    ['as it is', Buffer.from(text)],
    ...(bytes === undefined ? [] : [['as bytes', bytes] as const]),
  ] as const;
  const written = raw.flatMap(([form, needle]) => [
    [`${form}, in hex`, Buffer.from(needle.toString('hex'))] as const,
    [`${form}, in capital hex`, Buffer.from(needle.toString('hex').toUpperCase())] as const,
    ...base64sOf(needle).map((part, nth) => [`${form}, in base64 from byte ${nth}`, part] as const),
    [`${form}, in base32`, Buffer.from(base32(needle))] as const,
  ]);
  const escaped = [
    ['escaped as JSON', Buffer.from(json)],
    ['escaped as JSON twice', Buffer.from(JSON.stringify(json).slice(1, -1))],
    ['escaped as JSON, all of it', Buffer.from(unicodeEscaped(text))],
    ['escaped as an address', Buffer.from(encodeURIComponent(text))],
    ['backwards', Buffer.from([...text].toReversed().join(''))],
  ] as const;
  const known = new Set<string>();
  return [...raw, ...written, ...escaped].filter(([, needle]) => {
    const key = needle.toString('latin1');
    if (known.has(key) || needle.length < leastBytes) return false;
    known.add(key);
    return true;
  });
}

/** The same bytes within a longer text in base64: at each of three places, without the letters that its neighbours share; both alphabets. */
function base64sOf(bytes: Buffer): readonly Buffer[] {
  return [0, 1, 2].flatMap((shift) => {
    const shifted = Buffer.concat([Buffer.alloc(shift), bytes]);
    const first = shift === 0 ? 0 : shift + 1;
    const whole = shifted.toString('base64').replace(/=+$/, '');
    const last = shifted.length % 3 === 0 ? whole.length : whole.length - 1;
    const own = whole.slice(first, last);
    return [own, own.replaceAll('+', '-').replaceAll('/', '_')].map((text) => Buffer.from(text));
  });
}

function unicodeEscaped(text: string): string {
  return [...text].map((letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`).join('');
}

/** Where any of them is, in any form, but where it is shown on purpose. */
export function search(canaries: readonly Canary[], places: readonly Place[]): readonly Found[] {
  const needles = canaries.flatMap((canary) =>
    formsOf(canary).map(([form, needle]) => ({ kind: canary.kind, form, needle })),
  );
  return places.flatMap(({ name, content, shows = [] }) =>
    needles
      .filter(({ kind, needle }) => !shows.includes(kind) && content.includes(needle))
      .map(({ kind, form }) => ({ kind, form, place: name })),
  );
}

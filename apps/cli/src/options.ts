import { InvalidArgumentError } from 'commander';

/** Parsers of option values: wrong ones are usage errors (exit code 2) that say what is expected. */
export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

/** A whole number from 1 on; `most`, where there is one, is what the control plane takes. */
export function count(most = Number.MAX_SAFE_INTEGER): (text: string) => number {
  return (text) => {
    const value = wholeNumber(text);
    if (value >= 1 && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? 'at least 1' : `from 1 to ${most}`;
    throw new InvalidArgumentError(`It must be a whole number ${range}.`);
  };
}

export function seconds(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) throw new InvalidArgumentError('It must be a number of seconds.');
  return value;
}

/**
 * Repeatable and comma-separated: `--egress a,b --egress c`. An empty part is seldom meant, and never passed over: it is a variable of the
 * shell that is not set, and `--pool ""` would be taken for no `--pool`, which is everywhere.
 */
export function list(text: string, earlier: readonly string[] = []): readonly string[] {
  const parts = text.split(',').map((part) => part.trim());
  if (parts.includes('')) throw new InvalidArgumentError('It must not be empty, nor have an empty part.');
  return [...earlier, ...parts];
}

/** `HOST`, `HOST:PORT`, `[IPv6]:PORT`; a port that is not named is left out, so that a patch does not reset it. */
export function hostAndPort(text: string): { host: string; port?: number } {
  const match = /^(?:\[(?<six>[0-9a-fA-F:]+)\]|(?<host>[^:\s]+))(?::(?<port>\d{1,5}))?$/.exec(text);
  const host = match?.groups?.['six'] ?? match?.groups?.['host'];
  if (host === undefined) throw new InvalidArgumentError('Write HOST or HOST:PORT, an IPv6 address in brackets.');
  const port = match?.groups?.['port'];
  return { host, ...(port === undefined ? {} : { port: Number(port) }) };
}

/** `on` or `off`, as a yes or a no. */
export function onOrOff(text: string): boolean {
  if (text !== 'on' && text !== 'off') throw new InvalidArgumentError('Write on or off.');
  return text === 'on';
}

/** `HH:MM-HH:MM` in UTC; `none` stays a word, since commander turns null into ''. */
export function window(text: string): { from: string; to: string } | 'none' {
  if (text === 'none') return text;
  const match = /^(\d\d:\d\d)-(\d\d:\d\d)$/.exec(text);
  if (match?.[1] === undefined || match[2] === undefined)
    throw new InvalidArgumentError('Write HH:MM-HH:MM in UTC, or none.');
  return { from: match[1], to: match[2] };
}

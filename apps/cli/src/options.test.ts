import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { count, hostAndPort, list, seconds, wholeNumber, window } from './options.ts';

describe('option values', () => {
  it.each([
    ['ns1.example.com', { host: 'ns1.example.com' }],
    ['192.0.2.1:5353', { host: '192.0.2.1', port: 5353 }],
    ['[2001:db8::1]:53', { host: '2001:db8::1', port: 53 }],
    ['[2001:db8::1]', { host: '2001:db8::1' }],
  ])('reads the server %s', (text, expected) => expect(hostAndPort(text)).toEqual(expected));

  it.each(['', 'a b', 'host:port', '2001:db8::1', ':53'])('refuses the server "%s" in words', (text) =>
    expect(() => hostAndPort(text)).toThrow(InvalidArgumentError),
  );

  it('collects lists over commas and repetitions', () => expect(list('c', list('a, b'))).toEqual(['a', 'b', 'c']));
  it.each(['', ' ', ',', 'a,', ',a', 'a,,b'])('refuses the list "%s", which has an empty part', (text) =>
    expect(() => list(text, ['earlier'])).toThrow(InvalidArgumentError),
  );

  it.each(['', '1.5', '-1', 'x'])('refuses "%s" as a whole number', (text) =>
    expect(() => wholeNumber(text)).toThrow(InvalidArgumentError),
  );
  it.each(['0', '201', 'x'])('refuses "%s" as a count up to 200', (text) =>
    expect(() => count(200)(text)).toThrow(InvalidArgumentError),
  );
  it('reads a count of any size where none is named', () => expect(count()('100000')).toBe(100_000));
  it.each(['', '1.5', '-1', 'x'])('refuses "%s" as any count', (text) =>
    expect(() => count()(text)).toThrow(InvalidArgumentError),
  );
  it.each(['ten', '1e999', ''])('refuses "%s" as seconds', (text) =>
    expect(() => seconds(text)).toThrow(InvalidArgumentError),
  );
  it('reads half seconds', () => expect(seconds('0.5')).toBe(0.5));

  it('reads a window of the day', () => expect(window('22:00-04:30')).toEqual({ from: '22:00', to: '04:30' }));
  it('reads none as no window', () => expect(window('none')).toBe('none'));
  it('refuses half a window', () => expect(() => window('22:00')).toThrow(InvalidArgumentError));
});

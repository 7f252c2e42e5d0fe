import { describe, expect, it } from 'vitest';
import { isPage, parseEnvelope } from './envelope.ts';

const parse = (body: unknown) => parseEnvelope(JSON.stringify(body));

describe('an envelope', () => {
  it.each([
    ['of UAPI', { status: 1, data: [1], errors: null, messages: ['a'] }],
    ['of UAPI, as the command line shows it', { apiversion: 3, result: { status: 1, data: [1], errors: null } }],
    ['of UAPI, with its number as a text', { status: '1', data: [1] }],
  ])('%s is a success', (_, body) => {
    expect(parse(body)).toEqual({ panel: 'cpanel', isDone: true, said: '', data: [1] });
  });

  it('of WHM is a success by its metadata', () => {
    const body = {
      data: { payload: [] },
      metadata: { command: 'parse_dns_zone', reason: 'OK', result: 1, version: 1 },
    };
    expect(parse(body)).toEqual({ panel: 'whm', isDone: true, said: 'OK', data: { payload: [] } });
  });

  it.each([
    [
      'cpanel',
      { status: 0, data: null, errors: ['No such zone.', 'Sorry.'], messages: ['a'] },
      'No such zone.; Sorry.',
    ],
    ['cpanel', { status: 0, errors: 'One text.' }, 'One text.'],
    ['cpanel', { status: 0, errors: [{}, 7] }, ''],
    ['whm', { metadata: { result: 0, reason: 'There is a problem' } }, 'There is a problem'],
    ['whm', { metadata: { result: '0' }, data: null }, ''],
  ])('of %s is a failure: %j', (panel, body, said) => {
    expect(parse(body)).toEqual({ panel, isDone: false, said, data: null });
  });

  it.each(
    [
      ['', '[]', 'null', '"status"', '{"status":1'],
      ['{}', '{"data":[]}', '{"status":2}', '{"status":true}', '{"metadata":{}}'],
    ].flat(),
  )('is not in %j', (text) => expect(parseEnvelope(text)).toBeNull());
});

describe('a page', () => {
  it.each([
    '<!DOCTYPE html><html>',
    '\n  <html lang="en">',
    '<!-- a proxy --><HTML>',
    '<?xml version="1.0"?>\n<!DOCTYPE html>',
    '<script>location="/login"</script>',
  ])('is known by its beginning: %j', (text) => expect(isPage(text)).toBe(true));

  it.each(['{"said":"<html>"}', '', 'Forbidden', '<xml/>'])('is not %j', (text) => expect(isPage(text)).toBe(false));
});

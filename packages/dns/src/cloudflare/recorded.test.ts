import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { ApiRequest } from '../api-http.ts';
import { soon } from '../contract/subject.ts';
import { createClient } from './client.ts';
import { token, zoneName } from './testing.ts';

/*
 * Holds what we read, and what we send, against replies and a request that another client of the API is tested with. Its list of zones is
 * left out: it is made of the vendor's examples and lacks `status`, by which a zone is judged.
 */
const path = join(import.meta.dirname, '../../../../../shared/data/cloudflare-lego');
const reason = existsSync(path) ? null : 'optional data: ../shared/data/cloudflare-lego is not there';
const recorded = (name: string) => readFileSync(join(path, `${name}.json`), 'utf8');

/** A client that is answered so, and what it asked. */
function answered(status: number, text: string) {
  const asked: ApiRequest[] = [];
  const http = {
    async request(request: ApiRequest) {
      asked.push(request);
      return { status, headers: {}, text, isCut: false };
    },
  };
  return { client: createClient({ http, token }), asked };
}

const id = '023e105f4ecef8ad9ca31a8372d0c353';
const post = { type: 'A', name: zoneName, content: '198.51.100.4', ttl: 60, proxied: false };

describe.skipIf(reason !== null)(`recorded replies${reason === null ? '' : ` (skipped: ${reason})`}`, () => {
  it('tell of the record that was made, whatever stands in the errors and messages of a success', async () => {
    const { client } = answered(200, recorded('create_record'));
    expect(await client.createRecord('z', post, soon())).toEqual({
      ...{ id, name: 'example.com', type: 'A', content: '198.51.100.4', ttl: 3_600, proxied: true },
      comment: 'Domain verification record',
    });
  });

  it('tell that the record is gone, without saying that it is a success', async () => {
    const { client } = answered(200, recorded('delete_record'));
    await expect(client.deleteRecord('z', id, soon())).resolves.toBeUndefined();
    const other = client.deleteRecord('z', 'f'.repeat(32), soon());
    await expect(other).rejects.toMatchObject({ code: 'dns_outcome_unknown', details: { because: 'other-record' } });
  });

  it('refuse by a code whose reason stands in its chain: both are told', async () => {
    const { client } = answered(400, recorded('error'));
    const said = expect.stringMatching(/^6003: .+; 6103: /);
    const refused = { code: 'dns_token_malformed', details: { status: 400, said } };
    await expect(client.listRecords('z', zoneName, 'A', soon())).rejects.toMatchObject(refused);
    await expect(client.createRecord('z', post, soon())).rejects.toMatchObject(refused);
  });

  it('came to a request whose fields ours has too, of the same kinds', async () => {
    const { client, asked } = answered(200, recorded('create_record'));
    await client.createRecord('z', post, soon());
    const kinds = (text: string) => Object.entries(JSON.parse(text)).map(([field, value]) => [field, typeof value]);
    expect(kinds(asked[0]?.body ?? '{}')).toEqual(expect.arrayContaining(kinds(recorded('create_record-request'))));
  });
});

import type { RecordView, Replaced, ReplaceRequest } from '@serverctl/core';

/** What the record is once the provider has acknowledged the write. A person's note stays, and whether it is proxied where nothing was said. */
export function viewAfter({ expected, next, mark }: ReplaceRequest, fencedBy: Replaced['fencedBy']): RecordView {
  const { address, ttlSeconds, proxied = expected.proxied } = next;
  return {
    rrset: { addresses: [address], ttlSeconds },
    mark: fencedBy === 'value-only' ? { kind: 'none' } : { kind: 'ours', mark },
    cname: false,
    ...(proxied && { proxied }),
    ...(expected.note !== undefined && { note: expected.note }),
  };
}

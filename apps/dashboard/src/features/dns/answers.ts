import type { BindingStatus, TestView } from '@serverctl/contract';

/** What one name server answers. */
export interface ShownAnswer {
  readonly server: string;
  readonly addresses: readonly string[];
  /** Exactly what is wished; null = nothing is, yet. */
  readonly ok: boolean | null;
  readonly error: string | null;
}

/** Of the publisher’s last report; where that has none, as in drift or before the first publish, of the last read. */
export function answersOf(record: BindingStatus, read: TestView['servers']): readonly ShownAnswer[] {
  const { published, desiredAddress, publishedEpoch } = record;
  if (published.length > 0) return published;
  const wished = desiredAddress === null ? [] : [desiredAddress];
  const isWished = desiredAddress !== null || publishedEpoch > 0;
  return read.map(({ server, addresses, error }) => ({
    server,
    addresses,
    error,
    ok: isWished ? addresses.join() === wished.join() : null,
  }));
}

/*
 * Where a provider is registered once its folder is whole. What the generator prints and the table in docs/next-provider.md are this one list;
 * places.test.ts holds the two together, and looks for places in the product that neither names.
 */

/** Who notices that a place was left out. */
export const noticedBy = {
  compiler: 'the compiler',
  test: 'a test',
  nobody: 'nobody',
} as const;

/** One file that is to know the new kind. */
export interface Place {
  readonly file: string;
  readonly what: string;
  readonly noticed: keyof typeof noticedBy;
}

/** In the order in which they are filled in best: from what is stored to what people see. */
export const places: readonly Place[] = [
  {
    file: 'packages/contract/src/api/dns-providers.ts',
    what: 'all else hangs on it: `providerKinds`; the schema of its settings, with and without the secret, in both unions; its fields in `ProviderPatch`',
    noticed: 'nobody',
  },
  {
    file: 'packages/dns/src/provider-kind.ts',
    what: '`ProviderPlaces`: what the steps by hand are told of it',
    noticed: 'compiler',
  },
  { file: 'packages/dns/src/manual-steps.ts', what: '`stepsAt`: its steps by hand', noticed: 'compiler' },
  {
    file: 'packages/dns/src/index.ts',
    what: 'its `create…`, options and `…RequestsPer`: what the server imports',
    noticed: 'compiler',
  },
  {
    file: 'apps/server/src/db/migrations',
    what: 'the next number: `dns_credential_provider` lets the kind in',
    noticed: 'test',
  },
  {
    file: 'apps/server/src/services/dns-providers.ts',
    what: '`kinds`: opens it, from a file of its own in `dns-providers/` (every connection checked, R40)',
    noticed: 'compiler',
  },
  {
    file: 'apps/server/src/services/dns-providers/limits.ts',
    what: '`callLimits` with the vendor’s page and its date, `requestsPer` (R22); beside it, as total, whether A and AAAA share a mark; `strictestLimit` where its limit is lower',
    noticed: 'compiler',
  },
  {
    file: 'apps/server/src/services/dns-providers.test.ts',
    what: '`settingsOf`: settings to be stored and opened with',
    noticed: 'compiler',
  },
  {
    file: 'apps/server/src/services/dns/credential-settings.ts',
    what: '`splitSettings`, `fieldsOf`, `patchSettings`: what is secret, and what moves it to another server',
    noticed: 'compiler',
  },
  {
    file: 'apps/server/src/services/dns/ttl-cost.ts',
    what: '`habits`: its TTL floor, and whether it can proxy',
    noticed: 'compiler',
  },
  {
    file: 'apps/server/src/services/dns/try-warnings.ts',
    what: '`markPlaces`: in words, where its mark stands',
    noticed: 'nobody',
  },
  {
    file: 'apps/server/src/services/records/snapshot-file-content.ts',
    what: '`markedLast`: whose mark stands there; nothing is to be named where it asks the map of who shares a mark',
    noticed: 'nobody',
  },
  {
    file: 'apps/cli/src/commands',
    what: '`dns-credential-….ts`: `flagsOf`, its options, and what `newSettings` and `changedSettings` make of them',
    noticed: 'compiler',
  },
  { file: 'apps/cli/src/output/dns-credential.ts', what: '`placeOf`, `settingsPairs`', noticed: 'compiler' },
  {
    file: 'apps/dashboard/src/features/dns/providers.ts',
    what: '`providerWords`, `providerChoices`, `placeWords`: what its address is called; `placeOf`, `settingsFacts`',
    noticed: 'compiler',
  },
  {
    file: 'apps/dashboard/src/features/dns/credential-draft.ts',
    what: '`firstOf`: what stands in its form at first; then `draftOf`, `problemsOf`, `inputOf`, `patchOf`: what is missing in it, and what is sent',
    noticed: 'compiler',
  },
  {
    file: 'apps/dashboard/src/features/dns/credential-fields.tsx',
    what: '`CredentialFields`: its form',
    noticed: 'nobody',
  },
  {
    file: 'bench/dns/matrix.ts',
    what: '`kinds`: the fault matrix; `providerOf` and a `zone-NAME.ts` beside it, which opens its cell',
    noticed: 'nobody',
  },
  {
    file: 'bench/dns/left-out.ts',
    what: '`leftOutBecause`: the faults that are not armed at it, each with its reason',
    noticed: 'compiler',
  },
  { file: 'bench/dns/racers.ts', what: '`Races`, `race`: 20 writers at once', noticed: 'nobody' },
  {
    file: 'bench/dns/figures.ts',
    what: '`realRaces` or `emulatedRaces`: how many of them won',
    noticed: 'nobody',
  },
  { file: 'bench/dns/report.ts', what: '`renderRaces`: the same for people', noticed: 'nobody' },
  { file: 'docs/guide.md', what: 'a section for operators, which links to its README', noticed: 'nobody' },
  { file: 'docs/glossary.md', what: 'where its mark stands, if that is a new kind of place', noticed: 'nobody' },
];

import type { PromotePreview } from '@serverctl/contract';
import { type BoundRecord, isAppError } from '@serverctl/core';
import { type BindingRow, listBindings } from '../../db/repositories/bindings.ts';
import type { ServiceDeps } from '../deps.ts';
import { readRecords } from '../records/read-records.ts';

/*
 * A preview says what each name holds. Names without drift hold what we wrote, and nobody is asked, since a switchover must not wait for a
 * provider that is down. A name in drift holds what somebody else wrote: it is read at its provider.
 *
 *   it holds another address | that address, and the preview says so
 *   we never wrote there     | what it holds, and the preview says that nothing was written yet: nobody changed anything
 *   it holds ours again      | nothing is said: the drift is over
 *   it cannot be read        | what we wrote last, and the preview says that it is that
 */

/** The preview, true of names in drift as well. Does not fail when a provider does. */
export async function asTheyStand(
  deps: Pick<ServiceDeps, 'db' | 'clock' | 'providers'>,
  poolId: string,
  preview: PromotePreview,
): Promise<PromotePreview> {
  const drifted = (await listBindings(deps.db, poolId)).filter(({ state }) => state === 'drift');
  const found = new Map(
    await Promise.all(drifted.map(async (binding) => [keyOf(binding), await readOne(deps, binding)] as const)),
  );
  const names = preview.names.map((name) => {
    const view = found.get(keyOf(name))?.record?.view;
    if (view === undefined) return name;
    const { rrset } = view;
    return { ...name, from: [...(rrset?.addresses ?? [])], ttlSeconds: rrset?.ttlSeconds ?? name.ttlSeconds };
  });
  const sentences = drifted.flatMap((binding) => driftWords(binding, found.get(keyOf(binding))));
  return { ...preview, names, sentence: [preview.sentence, ...sentences].join(' ') };
}

/** A name may have a record of each type. */
const keyOf = ({ name, type }: { readonly name: string; readonly type: string }) => `${name} ${type}`;

type Found =
  | { readonly record: BoundRecord; readonly because?: never }
  | { readonly record?: never; readonly because: string };

async function readOne(deps: Pick<ServiceDeps, 'clock' | 'providers'>, binding: BindingRow): Promise<Found> {
  try {
    const [record] = await readRecords(deps, [binding]);
    return record === undefined ? { because: 'Nothing was read.' } : { record };
  } catch (error) {
    if (!isAppError(error)) throw error;
    return { because: error.message };
  }
}

function driftWords({ name, published_address: ours }: BindingRow, found: Found | undefined): readonly string[] {
  const record = found?.record;
  if (record === undefined) {
    const unread = `what it holds could not be read: ${found?.because}`;
    return [
      ours === null
        ? `Nothing was written to ${name} yet, and ${unread}`
        : `${name} is in drift, and ${unread} We wrote ${ours} there last.`,
    ];
  }
  const { cname, rrset } = record.view;
  const held = cname ? 'a CNAME' : (rrset?.addresses.join(', ') ?? 'no address');
  if (held === ours) return [];
  if (ours === null) return [`${name} holds ${held}; nothing was written there yet.`];
  return [`${name} is in drift: somebody else changed it, and it holds ${held}, where we wrote ${ours}.`];
}

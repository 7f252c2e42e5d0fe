import type { BindingStatus, Client } from '@serverctl/contract';
import { AppError } from '@serverctl/core';
import { Option } from 'commander';

/** The records of one managed name, its A before its AAAA: never none. */
export type NameRecords = readonly [BindingStatus, ...BindingStatus[]];

/** The type of each family's record. */
export const typeOfFamily = { ipv4: 'A', ipv6: 'AAAA' } as const;
/** Which of a name's records is meant, as people say it. */
export type Family = keyof typeof typeOfFamily;

export const familyOption = (about: string) =>
  new Option('--family <family>', about).choices(Object.keys(typeOfFamily));

/**
 * The records of the managed name that is meant: by name, or by the id of one of them, or all of the only name of the pool; with `family`
 * that one alone. Throws `binding_missing`, `binding_not_found`, `binding_not_named`.
 */
export async function recordsOf(
  client: Client,
  pool: string,
  name: string | undefined,
  family?: Family,
): Promise<NameRecords> {
  const { bindings } = await client.bindings.list(pool);
  return recordsAmong(bindings, name, family);
}

/** The records of each managed name of the pool, or of the one that is meant. Throws as `recordsOf`. */
export async function recordsOfEach(
  client: Client,
  pool: string,
  name: string | undefined,
): Promise<readonly [NameRecords, ...NameRecords[]]> {
  const { bindings } = await client.bindings.list(pool);
  const [first = name, ...others] = name === undefined ? new Set(bindings.map((one) => one.name)) : [];
  return [recordsAmong(bindings, first), ...others.map((other) => recordsAmong(bindings, other))];
}

function recordsAmong(bindings: readonly BindingStatus[], name: string | undefined, family?: Family): NameRecords {
  const isOnly = new Set(bindings.map((one) => one.name)).size === 1;
  const meant = name === undefined && isOnly ? bindings : bindings.filter((one) => isNamed(one, name));
  const [first, ...others] = meant
    .filter(({ type }) => family === undefined || type === typeOfFamily[family])
    .toSorted((one, other) => (one.type < other.type ? -1 : 1));
  if (first === undefined)
    throw new AppError(whyNone(bindings, name), {
      ...(family !== undefined && { family }),
      names: [...new Set(bindings.map((one) => one.name))],
    });
  return [first, ...others];
}

function whyNone({ length }: readonly BindingStatus[], name: string | undefined) {
  if (length === 0) return 'binding_missing';
  return name === undefined ? 'binding_not_named' : 'binding_not_found';
}

/** How the server is asked for these records alone: by id for one, by name for all of it. */
export function meaning(records: NameRecords): string {
  return records.length === 1 ? records[0].id : records[0].name;
}

export function isNamed({ name, id }: Pick<BindingStatus, 'name' | 'id'>, asked: string | undefined): boolean {
  return name === asked?.toLowerCase() || id === asked;
}

import type { BindingStatus, Client } from '@serverctl/contract';
import { AppError } from '@serverctl/core';

/** The managed name that is meant: by name or id, or the only one of the pool. Throws `binding_missing`, `binding_not_found`. */
export async function oneBinding(client: Client, pool: string, name: string | undefined): Promise<BindingStatus> {
  const { bindings } = await client.bindings.list(pool);
  const found = name === undefined && bindings.length === 1 ? bindings[0] : bindings.find((one) => isNamed(one, name));
  if (found === undefined)
    throw new AppError(bindings.length === 0 ? 'binding_missing' : 'binding_not_found', {
      names: bindings.map((one) => one.name),
    });
  return found;
}

export function isNamed({ name, id }: Pick<BindingStatus, 'name' | 'id'>, asked: string | undefined): boolean {
  return name === asked?.toLowerCase() || id === asked;
}

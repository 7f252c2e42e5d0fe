import type { PoolView } from '@serverctl/contract';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect, useRef } from 'react';
import { credentialsQuery } from '../queries.ts';
import { useMay } from '../use-may.ts';

/** Reading them is a right over all pools at once: who has it in one alone is refused, and so never asks. */
export const useMayReadCredentials = (): boolean => useMay('dns:read', null);

/** All credentials, asked again when the names of this pool are others: what a credential is used by changes with them, and they come live. */
export function useCredentials({ status }: PoolView, isWanted = true) {
  const queries = useQueryClient();
  const mayRead = useMayReadCredentials();
  const names = status.bindings.map(({ id, credentialId }) => `${id} ${credentialId}`).join();
  const asked = useRef(names);
  useEffect(() => {
    // Several parts of a page may ask: one answer is for all of them.
    if (asked.current !== names)
      void queries.invalidateQueries({ queryKey: credentialsQuery.queryKey }, { cancelRefetch: false });
    asked.current = names;
  }, [names, queries]);
  return useQuery({ ...credentialsQuery, enabled: isWanted && mayRead });
}

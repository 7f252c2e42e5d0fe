import type { TestInput } from '@serverctl/contract';
import { useQuery } from '@tanstack/react-query';
import { Part } from '../../ui/dialog.tsx';
import { StateWord } from '../../ui/state.tsx';
import { useWhyNoDnsWrite } from './may-write.ts';
import { ProviderFailure } from './provider-failure.tsx';
import { tryCredential } from './queries.ts';
import { TrialReport } from './trial-report.tsx';
import { useSettled } from './use-settled.ts';

export interface TryingProps {
  readonly title: string;
  readonly credentialId: string;
  /** One for each record of the name; none while it is not said in full. */
  readonly inputs: readonly TestInput[];
}

/** What the credential finds at the name as soon as typing stops. Nothing is stored, nothing is changed. */
export function Trying({ title, credentialId, inputs }: TryingProps) {
  const asked = JSON.stringify({ credentialId, inputs });
  const settled = useSettled(asked);
  const isTyping = settled !== asked;
  const notTried = useWhyNoDnsWrite(null);
  const isSaid = inputs.length > 0 && credentialId !== '';
  const trials = useQuery({
    queryKey: ['dns-trial', settled],
    queryFn: () => tryCredential(credentialId, inputs),
    enabled: isSaid && !isTyping && notTried === null,
    staleTime: 0,
    gcTime: 0,
    retry: false,
  });
  if (!isSaid) return null;
  if (notTried !== null)
    return (
      <Part title={title}>
        <p className="small dim">
          It is tried before anything is stored, and a refusal is told here. Beforehand only administrators of all pools
          can try it, since credentials belong to all pools.
        </p>
      </Part>
    );
  return (
    <Part title={title}>
      <div className="grid gap-3" aria-live="polite" aria-busy={trials.isFetching}>
        {(isTyping || trials.isFetching) && <StateWord shape="running">Trying it</StateWord>}
        {!isTyping && trials.isError && !trials.isFetching && (
          <ProviderFailure error={trials.error} credentialId={credentialId} />
        )}
        {!isTyping && trials.data?.map((trial) => <TrialReport key={trial.test.type} trial={trial} />)}
      </div>
    </Part>
  );
}

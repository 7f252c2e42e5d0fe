import type { CredentialView, Removed } from '@serverctl/contract';
import { useQueryClient } from '@tanstack/react-query';
import { useAct } from '../../lib/act/use-act.ts';
import { dnsApi } from '../../lib/api/dns.ts';
import { credentialsQuery } from '../../lib/queries.ts';
import { countText } from '../../lib/words.ts';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';

export interface CredentialRemovalProps {
  readonly credential: CredentialView;
  readonly onClose: () => void;
}

/** Its secret is gone with it. One that names use is refused, with the names. */
export function CredentialRemoval({ credential, onClose }: CredentialRemovalProps) {
  const { id, name, usedBy } = credential;
  const queries = useQueryClient();
  const act = useAct<Said, Removed>(() => dnsApi.removeCredential(id));
  const close = () => {
    // Asked for only now: the result stays until it is closed, and goes with the credential.
    void queries.invalidateQueries({ queryKey: credentialsQuery.queryKey });
    onClose();
  };
  const inUse =
    usedBy.length === 0
      ? null
      : `The credential is used by ${countText(usedBy.length, 'managed name')}. Move them to another credential first.`;
  return (
    <ActDialog
      title={act.state.kind === 'done' ? name : `Remove ${name}?`}
      needsReason={false}
      typeName={inUse === null ? name : null}
      keep={`Keep ${name}`}
      verb={`Remove ${name}`}
      destroys
      blocked={inUse}
      act={act}
      done={() => `${name} is removed.`}
      onClose={close}
    >
      <Part title="What will change">
        <p className="small">Its secret is gone with it and must be entered again. No record changes.</p>
      </Part>
      {usedBy.length > 0 && (
        <Part title="Used by">
          <ul className="small mono">
            {usedBy.map((one) => (
              <li key={one}>{one}</li>
            ))}
          </ul>
        </Part>
      )}
    </ActDialog>
  );
}

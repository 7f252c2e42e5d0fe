import { useAct } from '../../lib/act/use-act.ts';
import { sessionApi } from '../../lib/api/session.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import type { SecondFactorProps } from './second-factor-props.ts';

export function AuthenticatorRemoval({ onChanged, onClose }: Pick<SecondFactorProps, 'onChanged' | 'onClose'>) {
  const act = useAct(() => sessionApi.removeTotp().finally(onChanged));
  return (
    <ActDialog
      title="Remove the authenticator?"
      needsReason={false}
      keep="Keep it"
      verb="Remove the authenticator"
      destroys
      act={act}
      done={() => 'The authenticator is removed: the password alone signs in.'}
      onClose={onClose}
    >
      <Part title="What it costs">
        <p>From then on the password alone signs in. The recovery codes are void as well.</p>
      </Part>
    </ActDialog>
  );
}

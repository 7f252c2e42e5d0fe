import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { sessionApi } from '../../lib/api/session.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { CodesDialog } from './codes-dialog.tsx';

/** Ten new ones, in place of all earlier. */
export function NewCodes({ email, onClose }: { readonly email: string; readonly onClose: () => void }) {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const act = useAct(
    () => sessionApi.newRecoveryCodes(),
    ({ recoveryCodes }) => setCodes(recoveryCodes),
  );
  if (codes !== null)
    return (
      <CodesDialog title="Your new recovery codes" lede="The earlier ones are void." {...{ email, codes, onClose }} />
    );
  return (
    <ActDialog
      title="Make new recovery codes?"
      needsReason={false}
      keep="Keep the present ones"
      verb="Make new codes"
      act={act}
      done={() => null}
      onClose={onClose}
    >
      <Part title="What it costs">
        <p>The earlier recovery codes are void then, those on paper as well.</p>
      </Part>
    </ActDialog>
  );
}

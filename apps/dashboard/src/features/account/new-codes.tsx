import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { sessionApi } from '../../lib/api/session.ts';
import { ActDialog } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { CodesDialog } from './codes-dialog.tsx';
import type { SecondFactorProps } from './second-factor-props.ts';

/** Ten new ones, in place of all earlier. */
export function NewCodes({ email, onChanged, onClose }: SecondFactorProps) {
  const [codes, setCodes] = useState<readonly string[] | null>(null);
  const act = useAct(
    () => sessionApi.newRecoveryCodes().finally(onChanged),
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
      mustStay
      done={() => null}
      onClose={onClose}
    >
      <Part title="What it costs">
        <p>The earlier recovery codes are void then, those on paper as well.</p>
      </Part>
    </ActDialog>
  );
}

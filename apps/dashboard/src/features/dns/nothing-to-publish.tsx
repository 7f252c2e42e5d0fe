import type { PoolView } from '@serverctl/contract';
import type { ReactNode } from 'react';
import { activeOf } from '../../lib/pool/names.ts';
import { ActLink } from '../../ui/act-link.tsx';
import { Button } from '../../ui/button.tsx';
import { Dialog } from '../../ui/dialog.tsx';
import { StateWord } from '../../ui/state.tsx';
import { useWhyNoDnsWrite } from './may-write.ts';

interface Props {
  readonly pool: PoolView;
  readonly onClose: () => void;
}

/** The dialog while there is nothing to confirm in it. */
export function PublishFrame({ pool, onClose, children }: Props & { readonly children: ReactNode }) {
  return (
    <Dialog
      title={`First publish of ${pool.name}`}
      foot={
        <>
          <span className="grow" />
          <Button onClick={onClose}>Close</Button>
        </>
      }
      onClose={onClose}
    >
      {children}
    </Dialog>
  );
}

/** What is missing before anything can be published; or that it was done already. */
export function NothingToPublish({ pool, onClose }: Props) {
  const why = useWhyNoDnsWrite(pool.id);
  if (pool.activeMemberId !== null)
    return (
      <PublishFrame pool={pool} onClose={onClose}>
        <p className="wrap-anywhere">
          It was done already: {activeOf(pool)?.hostname ?? 'a removed member'} is active. From now on promotions move
          the records.
        </p>
      </PublishFrame>
    );
  const { bindings, members, setupMissing } = pool.status;
  return (
    <PublishFrame pool={pool} onClose={onClose}>
      <p>Nothing can be published yet. This is missing:</p>
      <ul className="list missing">
        <Step isDone={bindings.length > 0} word="A managed name" why="It is what clients use, and what is written.">
          <ActLink act="add-name" size="tiny" why={why}>
            Add name…
          </ActLink>
        </Step>
        <Step isDone={members.length > 0} word="A member" why="Its address is what the record shall hold.">
          <ActLink act="add-member" size="tiny">
            Add member…
          </ActLink>
        </Step>
        <Step
          isDone={!setupMissing.includes('heartbeat')}
          word="A heartbeat"
          why="A member that was never heard can be published only by saying so."
        />
      </ul>
    </PublishFrame>
  );
}

interface StepProps {
  readonly isDone: boolean;
  readonly word: string;
  readonly why: string;
  readonly children?: ReactNode;
}

function Step({ isDone, word, why, children }: StepProps) {
  return (
    <li>
      <div className="grow">
        <StateWord shape={isDone ? 'healthy' : 'not-applicable'} calm={isDone}>
          {word}
        </StateWord>
        <div className="small dim">{why}</div>
      </div>
      {!isDone && children}
    </li>
  );
}

import type { PoolView } from '@serverctl/contract';
import { useState } from 'react';
import { useAct } from '../../lib/act/use-act.ts';
import { useFresh } from '../../lib/act/use-fresh.ts';
import { useStale } from '../../lib/act/use-stale.ts';
import { ActDialog, type Said } from '../../ui/act-dialog.tsx';
import { Part } from '../../ui/dialog.tsx';
import { Note } from '../../ui/note.tsx';
import type { AskedMove, Order } from './use-order.ts';

/** A place in the order that moves records as well: said in words, and confirmed (R12). */
export function FirstPlace({
  pool,
  asked,
  order,
}: {
  readonly pool: PoolView;
  readonly asked: AskedMove;
  readonly order: Order;
}) {
  const stale = useStale();
  const [first] = useState(asked.goesBack.sentence);
  const { hostname, sentence } = asked.goesBack;
  const fresh = useFresh([sentence]);
  const act = useAct((_: Said) => order.confirm());
  return (
    <ActDialog
      title={`Put ${hostname} before the active member?`}
      lede={`The order of ${pool.name} decides where its records go.`}
      needsReason={false}
      keep="Keep the order"
      verb="Change the order"
      blocked={stale ?? (fresh.isJustNow ? 'What moves changed just now.' : null)}
      act={act}
      done={() => <p>{order.said}</p>}
      onClose={order.keep}
    >
      <Part title="What will change">
        <p>{sentence}</p>
        {sentence !== first && <p className="small">It changed while this was open; nothing was set yet.</p>}
      </Part>
      {order.half !== null && <Note shape="needs-you">{order.half}</Note>}
    </ActDialog>
  );
}

import type { PoolView, PromotionView } from '@serverctl/contract';
import { getRouteApi } from '@tanstack/react-router';
import { useLive, useLiveStore } from '../../lib/live/use-live.ts';
import { Age } from '../../ui/age.tsx';
import { Segments } from '../../ui/segments.tsx';
import { flowOf } from './flow.ts';
import { FlowDiagram } from './flow-diagram.tsx';
import { FlowTable } from './flow-table.tsx';

const route = getRouteApi('/signed-in/pools/$pool/');
const views = [
  { value: 'diagram', word: 'Diagram' },
  { value: 'table', word: 'Table' },
] as const;

/** Clients ask DNS, DNS names the active member, clients connect to it: drawn, or the same as a table. */
export function TrafficFlow({ pool, last }: { readonly pool: PoolView; readonly last: PromotionView | null }) {
  const { store } = useLiveStore();
  const { traffic: view } = route.useSearch();
  const navigate = route.useNavigate();
  const traffic = useLive((state) => state.traffic);
  const flow = flowOf(pool, traffic, last, store.serverNowMs());
  const choose = (chosen: 'diagram' | 'table') =>
    void navigate({ search: chosen === 'table' ? { traffic: chosen } : {}, replace: true });
  return (
    <section className="box flow" aria-labelledby="traffic">
      <div className="flow-h">
        <h2 id="traffic">Traffic</h2>
        <HowOld />
        <span className="grow" />
        <Segments label="Show traffic as" choices={views} chosen={view ?? 'diagram'} onChoose={choose} />
      </div>
      {view === 'table' ? <FlowTable pool={pool} traffic={traffic} /> : <FlowDiagram pool={pool} flow={flow} />}
    </section>
  );
}

/** Of the heartbeats that the ages are counted from. */
function HowOld() {
  const beatsAtMs = useLive((state) => state.beatsAtMs);
  const isLive = useLive(({ link }) => link.kind === 'live');
  const { store } = useLiveStore();
  if (beatsAtMs === null) return null;
  return (
    <span className="small dimmer">
      {isLive && 'live, '}
      <Age sinceMs={beatsAtMs} serverOffsetMs={store.get().serverOffsetMs} /> old
    </span>
  );
}

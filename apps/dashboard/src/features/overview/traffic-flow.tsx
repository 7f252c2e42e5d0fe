import type { PoolView, PromotionView } from '@serverctl/contract';
import { getRouteApi } from '@tanstack/react-router';
import { useLive, useLiveStore } from '../../lib/live/use-live.ts';
import { poolStateWords } from '../../lib/pool/health-words.ts';
import { namesOf } from '../../lib/pool/names.ts';
import { Age } from '../../ui/age.tsx';
import { Segments } from '../../ui/segments.tsx';
import { StateWord } from '../../ui/state.tsx';
import { flowOf } from './flow.ts';
import { FlowDiagram } from './flow-diagram.tsx';
import { FlowTable } from './flow-table.tsx';
import { leftBehindOf } from './left-behind.ts';
import { keepView, keptView } from './traffic-view.ts';
import { useNow } from './use-now.ts';

const route = getRouteApi('/signed-in/pools/$pool/');
const views = [
  { value: 'diagram', word: 'Diagram' },
  { value: 'table', word: 'Table' },
] as const;

/** Clients ask DNS, DNS names the active member, clients connect to it: drawn, or the same as a table. */
export function TrafficFlow({ pool, last }: { readonly pool: PoolView; readonly last: PromotionView | null }) {
  const search = route.useSearch();
  const navigate = route.useNavigate();
  const traffic = useLive((state) => state.traffic);
  const now = useNow();
  const left = leftBehindOf(pool, last, traffic, now);
  const view = search.traffic ?? keptView();
  const choose = (chosen: 'diagram' | 'table') => {
    keepView(chosen);
    const { traffic: _, ...others } = search;
    const next = chosen === 'table' ? { ...others, traffic: chosen } : others;
    void navigate({ search: next, replace: true, resetScroll: false });
  };
  const show = (record: string) => void navigate({ search: { ...search, record }, replace: true, resetScroll: false });
  const flow = flowOf(pool, traffic, left, now.serverMs);
  return (
    <section className="box flow" aria-labelledby="traffic">
      <div className="flow-h">
        <h2 id="traffic">Traffic</h2>
        <HowOld />
        <span className="grow" />
        <Segments label="Show traffic as" choices={views} chosen={view} onChoose={choose} />
      </div>
      <Saying pool={pool} />
      {view === 'table' ? (
        <FlowTable pool={pool} traffic={traffic} left={left} now={now} />
      ) : (
        <FlowDiagram pool={pool} flow={flow} left={left} now={now} last={last} record={search.record} onRecord={show} />
      )}
      <Addressed pool={pool} />
    </section>
  );
}

/** Whatever is not calm, in the server's sentence. */
function Saying({ pool }: { readonly pool: PoolView }) {
  const { state, sentence } = pool.status;
  if (state === 'calm' || state === 'setup') return null;
  const { shape, word } = poolStateWords[state];
  return (
    <p className="flow-say">
      <StateWord shape={shape}>{word}</StateWord>
      <span className="dim">{sentence}</span>
    </p>
  );
}

/** Who uses a member's own address is never moved. */
function Addressed({ pool }: { readonly pool: PoolView }) {
  const names = namesOf(pool);
  const [first] = names;
  if (first === undefined) return null;
  return (
    <p className="flow-foot small dim">
      Clients must use <span className="mono">{first}</span>
      {names.length > 1 && ` or another of the ${names.length} names`}: who uses a member’s own address gets no
      failover.
    </p>
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

import { useLive, useLiveStore } from '../lib/live/use-live.ts';
import { Age } from '../ui/age.tsx';
import { Button } from '../ui/button.tsx';
import { StateShape } from '../ui/state.tsx';

/** A reading older than this is stale: readings come every second, and a busy database may take a few. */
const oldMs = 5_000;

/** What is on the page stays; this says how old it is, and that it does not matter to clients. Polite: it is said once. */
export function StaleBar() {
  const { store, tryNow } = useLiveStore();
  const link = useLive((state) => state.link);
  const serverOffsetMs = useLive((state) => (state.link.kind === 'broken' ? state.serverOffsetMs : 0));
  const readAt = useLive(({ plane }) => plane?.readAt ?? null);
  const isDatabaseAway = useLive(({ plane }) => plane !== null && isOld(plane));
  const { heardAtMs } = store.get();
  return (
    <div aria-live="polite">
      {link.kind === 'broken' && (
        <div className="staleb">
          <StateShape shape="needs-you" />
          <span>
            <b className="strong">
              {heardAtMs === null ? 'Nothing was read yet.' : 'This page is '}
              {heardAtMs !== null && <Age sinceMs={heardAtMs} serverOffsetMs={serverOffsetMs} />}
              {heardAtMs !== null && ' old.'}
            </b>{' '}
            The connection to the control plane was lost; your pools keep serving.
          </span>
          <Button size="tiny" onClick={tryNow}>
            Try now
          </Button>
        </div>
      )}
      {link.kind === 'live' && isDatabaseAway && (
        <div className="staleb">
          <StateShape shape="needs-you" />
          <span>
            <b className="strong">
              {readAt === null ? 'The pools could not be read yet.' : 'What is shown was read '}
              {readAt !== null && (
                <Age sinceMs={Date.parse(readAt) - serverOffset(store)} serverOffsetMs={serverOffset(store)} />
              )}
              {readAt !== null && ' ago.'}
            </b>{' '}
            The control plane answers, its database does not; your pools keep serving.
          </span>
        </div>
      )}
    </div>
  );
}

const isOld = ({ at, readAt }: { readonly at: string; readonly readAt: string | null }): boolean =>
  readAt === null || Date.parse(at) - Date.parse(readAt) > oldMs;

const serverOffset = (store: ReturnType<typeof useLiveStore>['store']): number => store.get().serverOffsetMs;

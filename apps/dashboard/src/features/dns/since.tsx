import { useLiveStore } from '../../lib/live/use-live.ts';
import { Age } from '../../ui/age.tsx';

/** How long ago an instant of the server was, counting. */
export function Since({ at }: { readonly at: string }) {
  const { store } = useLiveStore();
  const { serverOffsetMs } = store.get();
  return <Age sinceMs={Date.parse(at) - serverOffsetMs} serverOffsetMs={serverOffsetMs} />;
}

/** The same for an instant of the page’s own clock. */
export function SinceHere({ atMs }: { readonly atMs: number }) {
  const { store } = useLiveStore();
  return <Age sinceMs={atMs} serverOffsetMs={store.get().serverOffsetMs} />;
}

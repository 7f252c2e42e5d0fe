import type { PoolView } from '@serverctl/contract';
import { CloseFoot, Dialog } from '../../ui/dialog.tsx';

interface Props {
  readonly pool: PoolView;
  readonly name: string | undefined;
  readonly onClose: () => void;
}

/** The address is of a name that is not managed, or no longer. */
export function NoSuchName({ pool, name = 'This name', onClose }: Props) {
  return (
    <Dialog title="There is no such name" foot={<CloseFoot onClose={onClose} />} onClose={onClose}>
      <p className="wrap-anywhere">
        {name} is no managed name of {pool.name}; it may have been removed.
      </p>
    </Dialog>
  );
}

import { useEffect, useState } from 'react';
import { systemClock } from '../../platform/clock.ts';

/** As long as nothing stands in the place of what is read (DESIGN.md, section 7). */
const patienceMs = 200;

/** Whether to wait with drawing: what is pending is nearly there, and what is drawn without it would be moved by it. */
export function useAwaited(isPending: boolean): boolean {
  const [isPatient, setPatient] = useState(true);
  useEffect(() => systemClock.after(patienceMs, () => setPatient(false)), []);
  return isPending && isPatient;
}

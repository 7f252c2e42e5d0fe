import { kept } from '../../lib/kept.ts';

/** Which of the two a person looked at last, kept in this browser; an address that names one goes first. */
const key = 'serverctl.traffic';

export const keptView = (): 'diagram' | 'table' => (kept.read(key) === 'table' ? 'table' : 'diagram');

export const keepView = (view: 'diagram' | 'table'): void => kept.write(key, view === 'table' ? view : null);

/** Which of the two a person looked at last, kept in this browser; an address that names one goes first. */
const key = 'serverctl.traffic';

export const keptView = (): 'diagram' | 'table' => (localStorage.getItem(key) === 'table' ? 'table' : 'diagram');

export function keepView(view: 'diagram' | 'table'): void {
  if (view === 'table') localStorage.setItem(key, view);
  else localStorage.removeItem(key);
}

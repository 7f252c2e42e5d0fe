import { useTitle } from '../../lib/use-title.ts';

export function MembersPage() {
  useTitle('Members');
  return <h2>Members</h2>;
}

import { useTitle } from '../../lib/use-title.ts';

export function UsersPage() {
  useTitle('Users');
  return <h2>Users</h2>;
}

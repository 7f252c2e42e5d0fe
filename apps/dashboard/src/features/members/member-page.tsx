import { useTitle } from '../../lib/use-title.ts';

export function MemberPage() {
  useTitle('Member');
  return <h2>Member</h2>;
}

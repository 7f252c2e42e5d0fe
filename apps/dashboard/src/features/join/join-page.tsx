import { useTitle } from '../../lib/use-title.ts';

export function JoinPage() {
  useTitle('Join');
  return <h2>Join</h2>;
}

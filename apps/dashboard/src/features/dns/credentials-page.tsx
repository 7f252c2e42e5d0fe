import { useTitle } from '../../lib/use-title.ts';

export function CredentialsPage() {
  useTitle('DNS credentials');
  return <h2>DNS credentials</h2>;
}

import { useTitle } from '../../lib/use-title.ts';

export function TokensPage() {
  useTitle('API tokens');
  return <h2>API tokens</h2>;
}

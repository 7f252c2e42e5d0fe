import { useTitle } from '../../lib/use-title.ts';

export function DnsPage() {
  useTitle('DNS');
  return <h2>DNS</h2>;
}

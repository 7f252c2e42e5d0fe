import { useTitle } from '../../lib/use-title.ts';

export function AuditPage() {
  useTitle('Audit log');
  return <h2>Audit log</h2>;
}

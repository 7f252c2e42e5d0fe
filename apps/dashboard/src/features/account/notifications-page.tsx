import { useTitle } from '../../lib/use-title.ts';

export function NotificationsPage() {
  useTitle('Notifications');
  return <h2>Notifications</h2>;
}

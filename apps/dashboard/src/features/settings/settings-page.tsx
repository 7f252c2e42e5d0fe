import { useTitle } from '../../lib/use-title.ts';

export function SettingsPage() {
  useTitle('Settings');
  return <h2>Settings</h2>;
}

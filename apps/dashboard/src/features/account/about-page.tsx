import { useTitle } from '../../lib/use-title.ts';

export function AboutPage() {
  useTitle('About');
  return <h2>About</h2>;
}

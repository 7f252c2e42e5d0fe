import { useTitle } from '../../lib/use-title.ts';

export function OwnPage() {
  useTitle('Your account');
  return <h2>Your account</h2>;
}

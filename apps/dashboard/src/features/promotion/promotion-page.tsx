import { useTitle } from '../../lib/use-title.ts';

export function PromotionPage() {
  useTitle('Promotion');
  return <h2>Promotion</h2>;
}

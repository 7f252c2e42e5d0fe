import type { PromotionView } from '@serverctl/contract';

/** When the name servers of one record gave the new address, in milliseconds since the provider acknowledged it; null = not yet. */
export interface Answered {
  readonly key: string;
  readonly name: string;
  readonly type: string;
  readonly firstMs: number | null;
  readonly allMs: number | null;
}

export function answeredOf(steps: PromotionView['steps']): readonly Answered[] {
  const acknowledged = steps.filter(({ step }) => step === 'acknowledged');
  return acknowledged.map(({ name, type, afterMs }) => {
    const since = (which: 'answered' | 'all-answered') => {
      const found = steps.find((one) => one.step === which && one.name === name && one.type === type);
      return found === undefined ? null : Math.max(0, found.afterMs - afterMs);
    };
    const key = `${name ?? ''} ${type ?? ''}`;
    return { key, name: name ?? '', type: type ?? '', firstMs: since('answered'), allMs: since('all-answered') };
  });
}

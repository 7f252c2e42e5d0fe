import { Button as BaseButton } from '@base-ui/react/button';
import type { ComponentProps } from 'react';

export interface ButtonProps extends Omit<ComponentProps<typeof BaseButton>, 'className'> {
  /** `prime`: the one thing that a page is for. `bare`: without an edge. `danger`: it destroys something. */
  readonly kind?: 'plain' | 'prime' | 'bare' | 'danger';
  readonly size?: 'tiny' | 'usual' | 'big';
}

/** A button never submits unless it says so. */
export function Button({ kind = 'plain', size = 'usual', ...rest }: ButtonProps) {
  const looks = ['btn', kind !== 'plain' && kind, size !== 'usual' && size].filter((look) => look !== false);
  return <BaseButton className={looks.join(' ')} {...rest} />;
}

import type { MemberStatus } from '@serverctl/contract';
import { ChevronDown, ChevronUp } from 'lucide-react';
import type { KeyboardEvent } from 'react';
import type { Order } from './use-order.ts';

export interface OrderButtonsProps {
  readonly member: MemberStatus;
  readonly priority: number;
  readonly order: Order;
}

/** Its priority, and the two ways to another place. At an end they do nothing, and keep the focus. */
export function OrderButtons({ member: { id, hostname }, priority, order }: OrderButtonsProps) {
  const title = order.mayNot ?? undefined;
  const isOff = order.mayNot !== null || order.isBusy;
  // A key that is held down presses again and again: each place is one press.
  const onKeyDown = (event: KeyboardEvent) => event.repeat && event.key === 'Enter' && event.preventDefault();
  return (
    <span className="order">
      <span className="num">{priority}</span>
      <button
        type="button"
        aria-label={`${hostname} earlier`}
        aria-keyshortcuts="Alt+ArrowUp"
        aria-disabled={isOff}
        title={title}
        onKeyDown={onKeyDown}
        onClick={() => order.move(id, -1)}
      >
        <ChevronUp size={14} aria-hidden="true" />
      </button>
      <button
        type="button"
        aria-label={`${hostname} later`}
        aria-keyshortcuts="Alt+ArrowDown"
        aria-disabled={isOff}
        title={title}
        onKeyDown={onKeyDown}
        onClick={() => order.move(id, 1)}
      >
        <ChevronDown size={14} aria-hidden="true" />
      </button>
    </span>
  );
}

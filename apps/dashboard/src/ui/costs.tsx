import { Part } from './dialog.tsx';
import { type Shape, StateShape } from './state.tsx';

/** One thing that an act costs, or that speaks for or against it. */
export interface CostLine {
  readonly key: string;
  readonly shape: Shape;
  readonly text: string;
  /** The value, in ink. */
  readonly value?: string;
  readonly after?: string;
  readonly isNew?: boolean;
}

export function Costs({ title = 'What it costs', lines }: { title?: string; lines: readonly CostLine[] }) {
  return (
    <Part title={title}>
      <ul className="costs">
        {lines.map(({ key, shape, text, value, after, isNew = false }) => (
          <li key={key} data-new={isNew || undefined}>
            <StateShape shape={shape} />
            <span>
              {text}
              {value !== undefined && <b className="strong"> {value}</b>}
              {after}
              {isNew && <b className="just"> changed just now</b>}
            </span>
          </li>
        ))}
      </ul>
    </Part>
  );
}

import type { BindingStatus, PoolView } from '@serverctl/contract';
import { StateWord } from '../../ui/state.tsx';
import { addressesText, bindingStateWords, shallAnswer } from './words.ts';
import { publishShape, wrongAnswer } from './zone-servers.ts';

/** How far the records are, live: each name server by itself, until all of them answer what they shall. */
export function PublishRows({ pool, names }: { readonly pool: PoolView; readonly names: readonly string[] }) {
  const records = pool.status.bindings.filter(({ name }) => names.includes(name));
  return (
    <ul className="list publish-rows" aria-live="polite">
      {records.map((record) => (
        <li key={record.id}>
          <PublishRow record={record} />
        </li>
      ))}
    </ul>
  );
}

function PublishRow({ record }: { readonly record: BindingStatus }) {
  const { name, type, state, published, error } = record;
  const { shape, word } = bindingStateWords[state];
  return (
    <div className="grow grid gap-1.5">
      <div className="row wrap">
        <StateWord shape={shape}>{word}</StateWord>
        <span className="small dim wrap-anywhere">
          <span className="mono">{name}</span> {type} shall answer <span className="mono">{shallAnswer(record)}</span>
        </span>
      </div>
      {error !== null && (
        <p className="small wrap-anywhere">
          {error.message} {error.remedy}
        </p>
      )}
      {published.map((answer) => (
        <Answer key={answer.server} answer={answer} />
      ))}
    </div>
  );
}

function Answer({ answer }: { answer: BindingStatus['published'][number] }) {
  const { server, addresses, error } = answer;
  const wrong = error === null ? `answers ${addressesText(addresses)}` : wrongAnswer(error);
  return (
    <div className="row wrap small">
      <StateWord shape={publishShape(answer)} calm>
        <span className="mono">{server}</span>
      </StateWord>
      <span className="dim wrap-anywhere">{wrong ?? error}</span>
    </div>
  );
}

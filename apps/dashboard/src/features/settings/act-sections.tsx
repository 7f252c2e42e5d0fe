import type { PoolView } from '@serverctl/contract';
import { ActLink } from '../../ui/act-link.tsx';
import { When } from '../../ui/when.tsx';
import type { SettingProps } from './setting-props.ts';

/** Settings that are dialogs: they say what they would do before they do it. */
export function FailoverSection({ pool, refused }: SettingProps) {
  const { automaticFailover: on, status } = pool;
  return (
    <section className="set" aria-labelledby="set-failover">
      <h2 id="set-failover">Automatic failover</h2>
      <p className="small dim">
        {on
          ? `On. The records follow health: clients are back after about ${status.clientsBackSeconds} s when the active member is lost.`
          : 'Off. Members are watched and alerts are sent; when the active member is lost, a person moves the record.'}
      </p>
      <div className="set-foot">
        <span className="small dim grow">
          Now: {on ? 'on' : 'off'}. {refused}
        </span>
        <ActLink act="failover">{on ? 'Switch it off…' : 'Switch it on…'}</ActLink>
      </div>
    </section>
  );
}

export function RestSection({ pool, refused }: SettingProps) {
  const { maintenance, paused } = pool;
  return (
    <section className="set" aria-labelledby="set-rest">
      <h2 id="set-rest">Maintenance and pause</h2>
      <p className="small dim">
        In maintenance nothing moves by itself until a time; paused, nothing moves or is written until a person resumes
        the pool.
      </p>
      <div className="set-foot">
        <span className="small dim grow">
          <Rest maintenance={maintenance} paused={paused} /> {refused}
        </span>
        <ActLink act="maintenance">{maintenance === null ? 'Maintenance…' : 'Change maintenance…'}</ActLink>
        <ActLink act={paused === null ? 'pause' : 'resume'}>{paused === null ? 'Pause…' : 'Resume…'}</ActLink>
      </div>
    </section>
  );
}

function Rest({ maintenance, paused }: Pick<PoolView, 'maintenance' | 'paused'>) {
  if (maintenance === null && paused === null) return <>Now: neither.</>;
  return (
    <>
      Now:{' '}
      {maintenance !== null && (
        <>
          in maintenance until <When at={maintenance.until} />
          {maintenance.reason !== null && ` (“${maintenance.reason}”)`}.{' '}
        </>
      )}
      {paused !== null && (
        <>
          paused since <When at={paused.since} />: {paused.sentence}
        </>
      )}
    </>
  );
}

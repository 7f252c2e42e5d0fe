import type { PoolView } from '@serverctl/contract';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';
import type { ActName } from '../../lib/act/acts.ts';
import { Button } from '../../ui/button.tsx';
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
        <Opener act="failover" refused={refused}>
          {on ? 'Switch it off…' : 'Switch it on…'}
        </Opener>
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
        <Opener act="maintenance" refused={refused}>
          {maintenance === null ? 'Maintenance…' : 'Change maintenance…'}
        </Opener>
        <Opener act={paused === null ? 'pause' : 'resume'} refused={refused}>
          {paused === null ? 'Pause…' : 'Resume…'}
        </Opener>
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

interface OpenerProps {
  readonly act: ActName;
  readonly refused: string | null;
  readonly children: ReactNode;
}

function Opener({ act, refused, children }: OpenerProps) {
  if (refused !== null) return <Button disabled>{children}</Button>;
  return (
    <Link className="btn" to="." search={(all) => ({ ...all, act })} resetScroll={false}>
      {children}
    </Link>
  );
}

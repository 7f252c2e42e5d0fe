import { AppError } from '@serverctl/core';
import { expect, test } from 'vitest';
import { systemClock as clock } from '../../platform/clock.ts';
import { storedPanel } from '../dns-providers/panel-settings.ts';
import { createOutbound } from '../outbound.ts';
import { lookAtPanel } from './panel-certificate.ts';

const lookAt = (host: string, lookedUp: string[]) => {
  const lookup = async (name: string) => {
    lookedUp.push(name);
    throw new Error('ENOTFOUND');
  };
  return lookAtPanel(
    { clock, outbound: createOutbound({ clock, lookup, allowPrivate: [] }) },
    { host, port: 2_083, serverName: null },
  );
};

test('the certificate is looked at where the credential would be asked: the host in the same one spelling', async () => {
  const lookedUp: string[] = [];
  const host = 'Panel.Example.COM.';
  await expect(lookAt(host, lookedUp)).rejects.toThrow(AppError);
  const rest = { provider: 'cpanel', port: 2_083, user: 'owner', serverName: null, ca: null, pin: null } as const;
  expect(lookedUp).toEqual([storedPanel({ ...rest, host }).host]);
});

test.each(['https://panel.example.com', 'panel.example.com:2083', 'a@panel.example.com', 'a b'])(
  '%s is no host: refused before anything is looked up',
  async (host) => {
    const lookedUp: string[] = [];
    await expect(lookAt(host, lookedUp)).rejects.toMatchObject({ code: 'url_invalid' });
    expect(lookedUp).toEqual([]);
  },
);

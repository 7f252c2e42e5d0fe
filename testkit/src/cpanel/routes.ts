import type { Prepared } from '@serverctl/dns/testing';
import { controls, demand, type EmulatedToken, type Gate, type Service } from './access.ts';
import { DoorShut, Refusal, refusals } from './refusal.ts';
import { uapiReply, whmReply, whmReplyOfOld, wrongReplies } from './replies.ts';
import type { EmulatedZone } from './zone.ts';
import { readEdit } from './zone-edit.ts';

/** One request, taken apart. */
export interface Incoming {
  readonly service: Service;
  /** Without the query. */
  readonly path: string;
  /** Of the query and of a form in the body. */
  readonly parameters: URLSearchParams;
  readonly authorization: string | undefined;
  readonly address: string;
}

/** What the functions work on. */
export interface Panel {
  readonly zones: ReadonlyMap<string, EmulatedZone>;
  readonly gate: Gate;
  /** YYYYMMDD00. */
  readonly firstOfDay: () => number;
  /** Whether UAPI's envelope stands below `result`. */
  readonly isWrapped: boolean;
}

type Act = (panel: Panel, token: EmulatedToken, parameters: URLSearchParams) => unknown;

const parse: Act = (panel, token, parameters) => {
  demand(token, 'dns', 'dns-read');
  return zoneOf(panel, token, parameters).view();
};

const massEdit: Act = (panel, token, parameters) => {
  demand(token, 'dns');
  const zone = zoneOf(panel, token, parameters);
  zone.apply(readEdit(parameters), panel.firstOfDay());
  return { new_serial: `${zone.serial}` };
};

const version = '11.138.0.5';

/** UAPI has no list of zones: its domains are the nearest to one. */
const uapi: ReadonlyMap<string, Act> = new Map<string, Act>([
  ['DNS/parse_zone', parse],
  ['DNS/mass_edit_zone', massEdit],
  [
    'DomainInfo/list_domains',
    (panel, token) => {
      const [main = '', ...others] = zonesOf(panel, token);
      return { main_domain: main, addon_domains: others, parked_domains: [], sub_domains: [] };
    },
  ],
]);

/** Both lists are as the vendor describes them, not recorded. */
const whm: ReadonlyMap<string, Act> = new Map<string, Act>([
  ['parse_dns_zone', (...all) => ({ payload: parse(...all) })],
  ['mass_edit_dns_zone', massEdit],
  [
    'listzones',
    (panel, token) => ({ zone: zonesOf(panel, token).map((domain) => ({ domain, zonefile: `${domain}.db` })) }),
  ],
  ['version', () => ({ version })],
]);

/** What a request is answered once its faults let it. */
export function route(incoming: Incoming, panel: Panel): Prepared {
  try {
    const token = panel.gate.admit(incoming);
    return incoming.service === 'cpanel' ? routeUapi(incoming, panel, token) : routeWhm(incoming, panel, token);
  } catch (error) {
    if (error instanceof DoorShut) return wrongReplies.page(error.status);
    throw error;
  }
}

function routeUapi({ path, parameters }: Incoming, panel: Panel, token: EmulatedToken): Prepared {
  const [, module = '', name = ''] = /^\/execute\/(\w+)\/(\w+)$/.exec(path) ?? [];
  if (name === '') throw new DoorShut(404);
  const of = panel.isWrapped ? { module, name } : null;
  const outcome = attempt(`${module}/${name}`, uapi, (act) => act(panel, token, parameters));
  if (outcome instanceof Refusal)
    return { ...uapiReply({ data: outcome.data, errors: [outcome.message] }, of), status: outcome.status };
  return uapiReply({ data: outcome.data, errors: null }, of);
}

function routeWhm({ path, parameters }: Incoming, panel: Panel, token: EmulatedToken): Prepared {
  const [, command = ''] = /^\/json-api\/(\w+)$/.exec(path) ?? [];
  if (command === '') throw new DoorShut(404);
  if (parameters.get('api.version') !== '1') return whmReplyOfOld('Emulated: say api.version=1');
  const outcome = attempt(command, whm, (act) => act(panel, token, parameters));
  if (outcome instanceof Refusal)
    return { ...whmReply(command, { data: null, reason: outcome.message }), status: outcome.status };
  return whmReply(command, { data: outcome.data, reason: null });
}

function attempt(
  name: string,
  acts: ReadonlyMap<string, Act>,
  run: (act: Act) => unknown,
): { data: unknown } | Refusal {
  try {
    const act = acts.get(name);
    if (act === undefined) throw refusals.noFunction(name);
    return { data: run(act) };
  } catch (error) {
    if (error instanceof Refusal) return error;
    throw error;
  }
}

/** A zone that is another's is answered as one that is not there. */
function zoneOf({ zones }: Panel, token: EmulatedToken, parameters: URLSearchParams): EmulatedZone {
  const name = parameters.get('zone');
  if (name === null || name === '') throw refusals.missing('zone');
  const zone = zones.get(name.toLowerCase());
  if (zone === undefined || !controls(token, zone.name)) throw refusals.noZone(name);
  return zone;
}

function zonesOf({ zones }: Panel, token: EmulatedToken): readonly string[] {
  demand(token, 'list');
  return [...zones.keys()].filter((name) => controls(token, name));
}

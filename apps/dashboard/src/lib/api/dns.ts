import type {
  BindingAdded,
  BindingChanged,
  BindingDetails,
  BindingInput,
  BindingPatch,
  BindingRemoved,
  CredentialInput,
  CredentialPatch,
  CredentialSaved,
  CredentialView,
  PanelCertificate,
  PanelCertificateInput,
  Removed,
  ResolversInput,
  ResolversView,
  TestInput,
  TestView,
} from '@serverctl/contract';
import { ask } from './ask.ts';

const ofPool = (poolId: string, ...rest: readonly string[]) => ['pools', poolId, 'bindings', ...rest];
const credential = (...rest: readonly string[]) => ['dns-credentials', ...rest];

/** Managed names, the credentials that write them, and the resolvers that are asked beside them. */
export const dnsApi = {
  /** The recursive resolvers are asked now. */
  name: (poolId: string, name: string, signal: AbortSignal) =>
    ask<BindingDetails>({ path: ofPool(poolId, name), signal }),
  addName: (poolId: string, body: BindingInput) => ask<BindingAdded>({ method: 'POST', path: ofPool(poolId), body }),
  setName: (poolId: string, nameOrId: string, body: BindingPatch) =>
    ask<BindingChanged>({ method: 'PATCH', path: ofPool(poolId, nameOrId), body }),
  removeName: (poolId: string, nameOrId: string) =>
    ask<BindingRemoved>({ method: 'DELETE', path: ofPool(poolId, nameOrId) }),
  testName: (poolId: string, bindingId: string) =>
    ask<TestView>({ method: 'POST', path: ofPool(poolId, bindingId, 'test') }),
  credentials: (signal: AbortSignal) => ask<{ credentials: readonly CredentialView[] }>({ path: credential(), signal }),
  addCredential: (body: CredentialInput) => ask<CredentialSaved>({ method: 'POST', path: credential(), body }),
  setCredential: (id: string, body: CredentialPatch) =>
    ask<CredentialSaved>({ method: 'PATCH', path: credential(id), body }),
  removeCredential: (id: string) => ask<Removed>({ method: 'DELETE', path: credential(id) }),
  testCredential: (id: string, body: TestInput) =>
    ask<TestView>({ method: 'POST', path: credential(id, 'test'), body }),
  /** A handshake with the panel and no more: nothing is sent, believed or stored. */
  panelCertificate: (body: PanelCertificateInput) =>
    ask<PanelCertificate>({ method: 'POST', path: ['dns', 'panel-certificate'], body }),
  resolvers: (signal: AbortSignal) => ask<ResolversView>({ path: ['dns-resolvers'], signal }),
  setResolvers: (body: ResolversInput) => ask<ResolversView>({ method: 'PUT', path: ['dns-resolvers'], body }),
};

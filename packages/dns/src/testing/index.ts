export { startTestBind, type TestBind, type TestBindOptions, whyNoBind } from './bind.ts';
export { type BindKeyName, narrowLabel } from './bind-config.ts';
export {
  type CertificateWishes,
  makeAuthority,
  makeCertificate,
  type TestAuthority,
  type TestCertificate,
} from './certificate.ts';
export {
  type CallCounts,
  type CloudflareEmulator,
  type EmulatedRecord,
  type EmulatedToken,
  type EmulatedZone,
  type EmulatorOptions,
  type Exchange,
  edgeAddresses,
  type Fault,
  FaultList,
  type FaultPlan,
  meetFaults,
  mirrorTo,
  type Prepared,
  startCloudflareEmulator,
  type Trip,
  wrongReplies,
} from './cloudflare/index.ts';
export { type Asked, type FakeServer, startFakeServer } from './fake-server.ts';
export { knotLabels } from './knot-config.ts';
export type { TestNameServer } from './name-server.ts';
export { createNodeHttp } from './node-http.ts';
export { startTestServer, whyNoServer } from './other-servers.ts';
export { type RelayMode, startTcpRelay, type TcpRelay } from './tcp-relay.ts';

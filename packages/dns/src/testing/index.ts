export { startTestBind, type TestBind, type TestBindOptions, whyNoBind } from './bind.ts';
export { type BindKeyName, narrowLabel } from './bind-config.ts';
export { type Asked, type FakeServer, startFakeServer } from './fake-server.ts';
export { type RelayMode, startTcpRelay, type TcpRelay } from './tcp-relay.ts';

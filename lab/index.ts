export { type Bind, type BindOptions, openBind, startBind } from './bind.ts';
export { removeStale } from './cleanup.ts';
export type { LabHost } from './host.ts';
export { createLab, type Lab, type LabDns, type LabOptions, openLab } from './lab.ts';
export type { LabMember } from './member.ts';
export { findNamed, NamedMissing, type NamedPrograms } from './named-binary.ts';
export type { KeyName, TsigKey, TsigKeys } from './named-conf.ts';
export { CommandFailed, type Finished, mustRun, type RunOptions, run } from './shell.ts';
export { type LabSupport, labSupport } from './support.ts';

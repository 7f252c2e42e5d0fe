import { runtimeVariables } from '@serverctl/contract/agent';
import { binaryPath, serviceDirectory } from './paths.ts';

/** The service as `install` writes it. Root without capabilities: it reads HAProxy's socket, asks systemd, and changes nothing. */
export const unitText = `# Written by serverctl-agent install, and replaced by the next one. For changes: systemctl edit serverctl-agent
[Unit]
Description=ServerCTL agent
After=network.target dbus.service
Wants=dbus.service
# Never give up: after five quick ends systemd would leave the host silent.
StartLimitIntervalSec=0

[Service]
Type=exec
ExecStart=${binaryPath} run
Restart=always
RestartSec=2
# 3: not enrolled; everything else may pass by itself.
RestartPreventExitStatus=3
# Nothing is compiled while it runs: less memory, and no page is ever both writable and executable.
Environment=BUN_JSC_useJIT=0
# Nothing goes to anybody but the control plane, also when the runtime itself crashes.
Environment=BUN_ENABLE_CRASH_REPORTING=0 DO_NOT_TRACK=1
UnsetEnvironment=${runtimeVariables.join(' ')}
WorkingDirectory=/
StateDirectory=${serviceDirectory}
StateDirectoryMode=0700
RuntimeDirectory=${serviceDirectory}
RuntimeDirectoryMode=0700
UMask=0077
# It must be heard above all when the host is busy or short of memory.
OOMScoreAdjust=-900
CPUWeight=1000
CapabilityBoundingSet=
AmbientCapabilities=
NoNewPrivileges=yes
# Not PrivateUsers: where user namespaces are switched off (user.max_user_namespaces=0) the service would not start.
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
PrivateDevices=yes
DevicePolicy=closed
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
# Not ProtectHostname: it keeps the hostname of the start for ever, and a host that is renamed must be heard under its new name (R5).
# Not ProcSubset=pid: /proc/locks says whether a package manager is at work.
ProtectProc=invisible
# Not IPAddressDeny: the control plane may move, and be anywhere.
RestrictAddressFamilies=AF_UNIX AF_INET AF_INET6
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
RemoveIPC=yes
KeyringMode=private
LockPersonality=yes
MemoryDenyWriteExecute=yes
SystemCallArchitectures=native
SystemCallFilter=@system-service
SystemCallFilter=~@privileged @resources
SystemCallErrorNumber=EPERM

[Install]
WantedBy=multi-user.target
`;

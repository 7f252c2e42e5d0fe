/** `192.0.2.1:53`, `[2001:db8::1]:53`, `ns.example.com:53`: as people write them, and as SERVERCTL_ALLOW_PRIVATE_TARGETS takes them. */
export function hostPort(host: string, port: number): string {
  return `${host.includes(':') ? `[${host}]` : host}:${port}`;
}

import { connect, createServer } from 'node:net';

/*
 * door-main SOCKET HOST PORT: runs where the control plane is reached, and passes on what comes to the Unix socket, byte for byte. A socket is a
 * file, and so the one thing that a network namespace shares with the machine around it.
 */
const [, , socket = '', host = '', port = ''] = process.argv;

createServer((near) => {
  const far = connect(Number(port), host);
  near.pipe(far).pipe(near);
  near.on('error', () => far.destroy());
  far.on('error', () => near.destroy());
}).listen(socket);

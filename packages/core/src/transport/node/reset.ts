import type { Socket } from 'node:net'

/**
 * Ends a connection with a reset. While a shutdown is under way libuv refuses that (`EINVAL`), and the socket would
 * neither close nor say so: then it is closed without one, as is a Unix socket, which knows no reset.
 */
export function reset(socket: Socket, isUnix: boolean): void {
  // With something left to write the shutdown has not begun.
  const isShuttingDown = socket.writableEnded && !socket.writableFinished && socket.writableLength === 0
  if (isShuttingDown || isUnix) socket.destroy()
  else socket.resetAndDestroy()
}

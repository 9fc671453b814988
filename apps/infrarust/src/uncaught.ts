import { exitWithLog, type Log } from './log/logger.ts'

/**
 * Sees to what nobody catches. A provider of the configuration is a stranger's code, and what it throws in a timer or a
 * promise of its own must not end everybody's session: it is told, and the proxy goes on. What we throw ourselves ends the
 * program, with its stack in the log.
 *
 * @param hasStrangers whether the configuration names a provider that is not part of this program
 */
export function onUncaught(log: Log, hasStrangers: () => boolean): void {
  // Rejections of promises come here too.
  process.on('uncaughtException', (thrown) => {
    const { message, stack = '' } = thrown instanceof Error ? thrown : new Error(String(thrown))
    const frame = firstFrame(stack)
    if (hasStrangers() && frame !== undefined && !OURS.test(frame)) {
      const text = `a provider has thrown where nobody catches it: ${message.split('\n', 1)[0]} (${frame})`
      log.logger.error({ event: 'uncaught' }, `${text}; the proxy goes on`)
      return
    }
    log.logger.fatal({ event: 'uncaught', stack }, `a mistake of infrarust ends it: ${message}`)
    void exitWithLog(log, 1)
  })
}

/** Files of this program, in its workspace and as installed packages. */
const OURS = /[/\\](?:packages|@infrarust)[/\\][\w-]+[/\\]dist[/\\]|[/\\]infrarust[/\\]dist[/\\]/

/** Where it was thrown: `at poll (file:///etc/infrarust/panel.mjs:12:9)`. Node's own functions are passed over. */
function firstFrame(stack: string): string | undefined {
  const frames = stack.split('\n').map((line) => line.trim())
  return frames.find((line) => line.startsWith('at ') && !line.includes('node:'))
}

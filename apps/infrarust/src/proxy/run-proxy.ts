import { flushCompileCache } from 'node:module'
import { dirname, join } from 'node:path'
import { formatDuration } from '@infrarust/core/provider'
import { type Configuration, readConfiguration } from '../configuration.ts'
import { onUncaught } from '../custom-code/uncaught.ts'
import { withLogFileIn } from '../log/log-keys.ts'
import { exitWithLog, openLog } from '../log/logger.ts'
import { logReloaded } from '../log/reload.ts'
import type { GlobalOptions } from '../options.ts'
import { tell } from '../print/print.ts'
import type { Signals } from '../signals.ts'
import { Systemd } from '../systemd.ts'
import { openBans } from './bans.ts'
import { ListenError } from './listen.ts'
import { listenProblem } from './listen-problem.ts'
import { type ProxyOptions, RunningProxy } from './running-proxy.ts'

/** Runs the proxy until one of these signals ends it. */
export async function runProxy(options: GlobalOptions, signals: Signals): Promise<void> {
  const configuration = await readConfiguration(options)
  if (configuration.kind === 'faulty') {
    for (const problem of configuration.problems) tell(`infrarust: ${problem}`)
    process.exitCode = 1
    return
  }
  const log = openLog(withLogFileIn(dirname(configuration.path), configuration.loaded.config.log))
  const { logger } = log
  const bans = await openBans(configuration, logger)
  if (bans === undefined) return await exitWithLog(log, 1)
  const systemd = new Systemd()
  const metrics = await metricsFor(configuration)
  const proxy = new RunningProxy({ configuration, log, bans, systemd, metrics })
  const tellCounted = onUncaught({
    customCode: () => proxy.customCode,
    survive: (message, provider) => logger.error({ event: 'uncaught', provider }, `${message}; the proxy goes on`),
    end: (message, stack) => {
      logger.fatal({ event: 'uncaught', stack }, `a mistake of infrarust ends it: ${message}`)
      void exitWithLog(log, 1)
    },
  })

  const started = Promise.withResolvers<void>()
  const reload = oneAtATime(async () => {
    await started.promise
    try {
      logReloaded(logger, 'SIGHUP', await proxy.reload())
    } catch (error) {
      logger.error(`SIGHUP: cannot read everything again: ${error instanceof Error ? error.message : String(error)}`)
    }
  })
  let exitCode = 0
  signals.answer({
    async stop(signal) {
      systemd.stopping()
      if (proxy.shutdownDelayMs > 0)
        logger.info(
          `${signal}: not ready any more; listening for ${proxy.shutdownDelayMs} ms yet (again: exit at once)`,
        )
      await proxy.announceStop()
      await proxy.stopAccepting()
      const { size, shutdownTimeoutMs } = proxy
      const time = formatDuration(shutdownTimeoutMs)
      logger.info(`${signal}: no new connections; ${size} may go on for ${time} (again: exit at once)`)
      await proxy.stop(shutdownTimeoutMs)
      tellCounted()
      logger.info('stopped')
      await exitWithLog(log, exitCode)
    },
    endNow(code) {
      exitCode = code
      proxy.endNow()
    },
    reload,
    reopenLog: () => log.reopen('SIGUSR1'),
  })
  try {
    await proxy.start()
  } catch (error) {
    if (!(error instanceof ListenError)) throw error
    logger.fatal(listenProblem(error))
    await proxy.stop(0)
    return await exitWithLog(log, 1)
  }
  started.resolve()
  systemd.ready()
  // Now, because at the end there may be no time left for it.
  flushCompileCache()
  if (configuration.loaded.source === 'defaults' && (await proxy.servers()).length === 0)
    logger.info(firstSteps(configuration))
}

/** Whoever has no metrics starts without the code for them. */
async function metricsFor({
  loaded,
}: Extract<Configuration, { kind: 'loaded' }>): Promise<ProxyOptions['metrics'] | undefined> {
  if (loaded.config.admin.bind === undefined) return undefined
  const { Metrics } = await import('../admin/metrics.ts')
  return (sources) => new Metrics(sources)
}

function firstSteps({ path, loaded }: Extract<Configuration, { kind: 'loaded' }>): string {
  const file = join(loaded.config.serversDir, 'survival.toml')
  return (
    `no ${path}, so the embedded default is in force; ping this proxy to see the address that it sees. ` +
    `Next: save domains = ["survival.example.com"] and addresses = ["127.0.0.1:25566"] as ${file}, or have infrarust add write it`
  )
}

/** Does one at a time: however often it is asked for meanwhile, it is done once more afterwards. */
function oneAtATime(action: () => Promise<void>): () => Promise<void> {
  let isRunning = false
  let isWanted = false
  return async () => {
    isWanted = true
    if (isRunning) return
    isRunning = true
    while (isWanted) {
      isWanted = false
      await action()
    }
    isRunning = false
  }
}

import { execFileSync, spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { Child, folderWith, freePort, loginBytes, RawBackend, RawClient, until } from '@infrarust/test-kit'
import { afterEach, describe, expect, it } from 'vitest'
import { Infrarust } from '../fixtures/infrarust.ts'
import { havePeers, SYSTEM_PATH } from '../fixtures/programs.ts'
import { Running } from '../fixtures/running.ts'

const DOCS = resolve(import.meta.dirname, '../../../docs')
const RULES = join(DOCS, 'alert-rules.yaml')

const running = new Running()
afterEach(() => running.stopAll())

interface Answer {
  readonly data: {
    readonly result: readonly { readonly metric: Record<string, string>; readonly value: [number, string] }[]
  }
}

/** A proxy with one session that has ended and one that goes on, and where its metrics are. */
async function used(): Promise<string> {
  const port = await freePort()
  const backend = running.add(await RawBackend.start())
  const infrarust = running.add(
    await Infrarust.start({
      toml: `[admin]\nbind = "127.0.0.1:${port}"\n[proxy_protocol]\nmode = "optional"\ntrusted = ["127.0.0.9/32"]\n`,
      servers: { s: `domains = ["*.example.com"]\naddresses = ["127.0.0.1:${backend.port}"]\n` },
    }),
  )
  for (const name of ['Gone', 'Here']) {
    const client = running.raw(await RawClient.open(infrarust.port))
    client.send(loginBytes('a.example.com', name))
    await client.receives('hello')
    if (name === 'Gone') client.destroy()
  }
  await infrarust.record(({ player }) => player === 'Gone')
  return `127.0.0.1:${port}`
}

describe.runIf(havePeers('metrics in Prometheus', 'promtool', 'prometheus'))('the metrics of a running proxy', () => {
  it('are what promtool wants metrics to look like', async () => {
    const text = await (await fetch(`http://${await used()}/metrics`)).text()
    const checked = spawnSync('promtool', ['check', 'metrics'], { input: text, encoding: 'utf8' })
    expect(`${checked.stdout}${checked.stderr}`).toBe('')
    expect(checked.status).toBe(0)
  })

  it('are scraped by a real Prometheus, which takes the alert rules and answers every query of the dashboard', async () => {
    const target = await used()
    const scrape = `{ job_name: infrarust, scrape_interval: 1s, static_configs: [{ targets: ["${target}"] }] }`
    const folder = folderWith({ 'p.yaml': `scrape_configs: [${scrape}]\nrule_files: ["${RULES}"]\n` })
    const port = await freePort()
    const args = [
      ...[`--config.file=${join(folder, 'p.yaml')}`, `--storage.tsdb.path=${join(folder, 'data')}`],
      `--web.listen-address=127.0.0.1:${port}`,
    ]
    const prometheus = new Child('prometheus', args, { env: { ...process.env, PATH: SYSTEM_PATH } })
    const ask = async (query: string): Promise<Answer> => {
      const response = await fetch(`http://127.0.0.1:${port}/api/v1/query?query=${encodeURIComponent(query)}`)
      if (!response.ok) throw new Error(`${query}: ${await response.text()}`)
      return (await response.json()) as Answer
    }
    try {
      const sessions = (): Promise<Answer> => ask('infrarust_sessions{server="s"}')
      await until(
        async () =>
          prometheus.hasEnded ||
          (await sessions().then(
            ({ data }) => data.result[0]?.value[1] === '1',
            () => false,
          )),
        'Prometheus to see the session',
        () => prometheus.lines.join('\n'),
        60_000,
      )
      expect(prometheus.hasEnded).toBe(false)
      const ended = await ask('infrarust_connections_total{server="s"}')
      expect(ended.data.result.map(({ value }) => value[1])).toEqual(['1'])
      for (const query of dashboardQueries()) await ask(query)
      const rules = await (await fetch(`http://127.0.0.1:${port}/api/v1/rules`)).text()
      expect(rules).toContain('InfrarustServerDown')
      expect(rules).not.toContain('"health":"err"')
    } finally {
      await prometheus.stop('SIGKILL')
    }
  })

  it('have alert rules that promtool accepts', () => {
    expect(execFileSync('promtool', ['check', 'rules', RULES], { encoding: 'utf8' })).toContain('SUCCESS')
  })
})

/** As Grafana would send them. */
function dashboardQueries(): readonly string[] {
  const { panels } = JSON.parse(readFileSync(join(DOCS, 'grafana-dashboard.json'), 'utf8')) as {
    readonly panels: readonly { readonly targets: readonly { readonly expr: string }[] }[]
  }
  const queries = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  if (queries.length === 0) throw new Error('the dashboard has no query')
  return queries.map((query) => query.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'))
}

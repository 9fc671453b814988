import { randomInt } from 'node:crypto'
import { dockerKeys, dockerProvider } from '@infrarust/config-docker'
import { readTable } from '@infrarust/core/provider'
import { providerContract } from '@infrarust/core/testing'
import { afterAll, beforeAll, describe } from 'vitest'
import { Dockerd } from '../fixtures/dockerd.ts'
import { havePeers } from '../fixtures/programs.ts'

/** Three numbers of a network that two runs on one machine hardly share. */
const NETWORK = `10.${randomInt(100, 250)}.${randomInt(250)}`
const HOSTS: Readonly<Record<string, number>> = { one: 11, two: 12 }

describe.runIf(havePeers('the provider contract on Docker', 'dockerd'))('on a real engine', () => {
  let dockerd: Dockerd
  beforeAll(async () => {
    dockerd = await Dockerd.start()
    await dockerd.network('games', `${NETWORK}.0/24`)
  })
  afterAll(() => dockerd?.dispose())

  providerContract(
    'docker',
    async () => {
      const table = { endpoint: dockerd.endpoint, poll_interval: '1h', reconnect_delay: '100ms', offline_time: '8s' }
      const config = readTable(dockerKeys, table).value
      /** A container's labels never change, so another one takes its name and its address, as `compose up` does it. */
      const replace = async (key: string, labels: Readonly<Record<string, string>>): Promise<void> => {
        await dockerd.remove(key).catch(() => {})
        await dockerd.run(key, {
          network: 'games',
          address: `${NETWORK}.${HOSTS[key] ?? 13}`,
          labels: { 'infrarust.enable': 'true', ...labels },
          command: ['/busybox/busybox', 'sleep', '1d'],
        })
      }
      return {
        provider: () => dockerProvider({ config }),
        put: (key, domains) => replace(key, { 'infrarust.domains': domains.join() }),
        spoil: (key) => replace(key, { 'infrarust.port': 'none' }),
        remove: (key) => dockerd.remove(key),
        makeUnreadable: () => dockerd.stopEngine(),
        makeReadable: () => dockerd.startEngine(),
        dispose: () => dockerd.clear(),
      }
    },
    { noticeMs: 30_000 },
  )
})

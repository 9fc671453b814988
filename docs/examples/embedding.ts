import type { Policy } from '@infrarust/core/policy'
import type { Provider } from '@infrarust/core/provider'
import { startProxy } from './embed.ts'

const friends = new Set(['steve', 'alex'])

const onlyFriends: Policy = {
  name: 'friends',
  admitPlayer: (_, { name }) =>
    friends.has(name.toLowerCase()) ? undefined : { reason: 'player_filtered', texts: { kick: 'Friends only.' } },
}

const servers: Provider = {
  name: 'my list',
  start(emit) {
    const values = { domains: ['*'], addresses: [process.env.BACKEND ?? '127.0.0.1:25566'] }
    emit({ servers: [{ key: 'survival', source: 'my program', values }] })
  },
}

const proxy = await startProxy({
  values: { bind: process.env.BIND ?? '0.0.0.0:25565' },
  provider: servers,
  policies: [onlyFriends],
  record: ({ player, client, reason }) => console.log(`${player ?? 'a ping'} from ${client}: ${reason}`),
  notice: (message) => console.error(message),
})
console.log(`listening on port ${proxy.addresses[0]?.port}`)
process.once('SIGTERM', () => void proxy.stop())

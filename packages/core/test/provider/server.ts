import type { Server } from '../../src/index.ts'
import { SERVER_DEFAULTS } from '../gateway/fixtures.ts'

/** A server for tests that look at one thing of it. */
export function server(given: Partial<Server> & Pick<Server, 'id'>): Server {
  return {
    ...SERVER_DEFAULTS,
    name: given.id,
    provider: 'test',
    source: `servers/${given.id}.toml`,
    state: 'online',
    ...given,
  }
}

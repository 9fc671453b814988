import { nodeTransport } from '../../src/entries/transport.ts'
import { transportContract } from '../../src/testing/index.ts'

transportContract('node', { factory: nodeTransport, over: 'loopback' })

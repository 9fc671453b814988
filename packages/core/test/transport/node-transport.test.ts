import { nodeTransport } from '../../src/index.ts'
import { transportContract } from '../../src/testing/index.ts'

transportContract('node', { factory: nodeTransport })

import { nodeTransport } from '@infrarust/core'
import { transportContract } from '@infrarust/core/testing'

transportContract('node', { factory: nodeTransport })

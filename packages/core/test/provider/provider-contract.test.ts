import { providerContract } from '../../src/testing/index.ts'
import { EventSource } from './event-source.ts'

providerContract('event-driven', async () => new EventSource())

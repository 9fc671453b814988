import { providerContract } from '@infrarust/core/testing'
import { EventSource } from './event-source.ts'

providerContract('event-driven', async () => new EventSource())

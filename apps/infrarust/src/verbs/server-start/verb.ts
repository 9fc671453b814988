import { orderVerb } from '../power-order-verb.ts'

export const verb = orderVerb('start', 'Start a server that sleeps.')

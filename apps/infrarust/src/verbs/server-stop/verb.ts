import { orderVerb } from '../power-order-verb.ts'

export const verb = orderVerb('stop', 'Stop a server, whoever is on it.')

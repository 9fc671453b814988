import { printable } from '../../print/printable.ts'
import type { TraceEvent } from './verb.ts'

/** `12:34:56.789 #17 203.0.113.7 handshake → login-start; …` */
export function eventText(event: TraceEvent): string {
  switch (event.kind) {
    case 'tracing':
      return printable(`following ${event.target}; Ctrl-C ends it`)
    case 'missed':
      return `${event.steps} steps are missing here: they came faster than they were read`
    case 'step':
      return printable(`${event.at.slice(11, 23)} #${event.id} ${event.client} ${event.text}`)
  }
}

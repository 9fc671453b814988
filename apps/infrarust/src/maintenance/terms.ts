import { allowed, type MaintenanceTerms, template } from '@infrarust/core'

/** What was said when it was switched on, as it was written. */
export interface WrittenTerms {
  /** What a login is told, and the server list shows where `motd` is left out. */
  readonly text?: string
  readonly motd?: string
  readonly allow: readonly string[]
}

/** Terms, or what is wrong with them: a clause that follows the name of the field. */
export type ReadTerms =
  | { readonly kind: 'terms'; readonly terms: MaintenanceTerms }
  | { readonly kind: 'fault'; readonly field: keyof WrittenTerms; readonly fault: string }

/** Reads texts as those of the configuration are read, and whom `[maintenance]` could allow. */
export function readTerms({ text, motd, allow }: WrittenTerms): ReadTerms {
  const kick = text === undefined ? undefined : template.read(text)
  if (kick?.kind === 'fault') return { kind: 'fault', field: 'text', fault: kick.fault }
  const status = motd === undefined ? kick : template.read(motd)
  if (status?.kind === 'fault') return { kind: 'fault', field: 'motd', fault: status.fault }
  const entries: MaintenanceTerms['allow'][number][] = []
  for (const written of allow) {
    const read = allowed.read(written)
    if (read.kind === 'fault') return { kind: 'fault', field: 'allow', fault: read.fault }
    entries.push(read.value)
  }
  const texts = {
    ...(kick !== undefined && { kick: kick.value }),
    ...(status !== undefined && { status: status.value }),
  }
  return { kind: 'terms', terms: { texts, allow: entries } }
}

import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { dirname } from 'node:path'
import * as v from 'valibot'
import { readTerms, type WrittenTerms } from './terms.ts'

/** One that is in force, as it is kept. */
export interface KeptMaintenance extends WrittenTerms {
  /** The id of the server; null is every one. */
  readonly server: string | null
  /** ISO time. */
  readonly since: string
}

const FILE = v.strictObject({
  version: v.literal(1),
  in_maintenance: v.array(
    v.strictObject({
      server: v.nullable(v.string()),
      since: v.pipe(v.string(), v.isoTimestamp()),
      text: v.exactOptional(v.string()),
      motd: v.exactOptional(v.string()),
      allow: v.array(v.string()),
    }),
  ),
})

/**
 * Reads what is kept; a file that is missing keeps nothing.
 *
 * @throws {Error} why it cannot be read, one line that names it
 */
export async function readMaintenance(path: string): Promise<readonly KeptMaintenance[]> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return []
    throw new Error(`${path}: ${messageOf(error)}`)
  }
  const parsed = v.safeParse(FILE, jsonOf(text))
  if (!parsed.success) {
    const [issue] = parsed.issues
    const where = v.getDotPath(issue)
    throw new Error(`${path} is damaged: ${where === null ? 'no JSON of this program' : `${where}: ${issue.message}`}`)
  }
  const kept = parsed.output.in_maintenance
  for (const [index, terms] of kept.entries()) {
    const read = readTerms(terms)
    if (read.kind === 'fault')
      throw new Error(`${path} is damaged: in_maintenance.${index}.${read.field} ${read.fault}`)
  }
  return kept
}

/** Replaces the file as a whole: whoever reads it, after a power cut too, finds what was before or what is now. */
export async function writeMaintenance(path: string, kept: readonly KeptMaintenance[]): Promise<void> {
  const file: v.InferOutput<typeof FILE> = {
    version: 1,
    in_maintenance: kept.map(({ allow, ...rest }) => ({ ...rest, allow: [...allow] })),
  }
  const made = `${path}.${randomUUID()}`
  try {
    const handle = await open(made, 'wx', 0o600)
    try {
      await handle.writeFile(`${JSON.stringify(file, undefined, 2)}\n`)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(made, path)
  } catch (error) {
    await rm(made, { force: true }).catch(() => {})
    throw new Error(`${path}: ${messageOf(error)}`)
  }
  await syncFolder(dirname(path))
}

/** Where the system can: the new name of a file is durable with its folder. */
async function syncFolder(folder: string): Promise<void> {
  try {
    const handle = await open(folder, 'r')
    try {
      await handle.sync()
    } finally {
      await handle.close()
    }
  } catch {
    // Windows opens no folder. The file itself is whole in either case.
  }
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

function codeOf(error: unknown): unknown {
  return error instanceof Error && 'code' in error ? error.code : undefined
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

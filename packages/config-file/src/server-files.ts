import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pictureFiles } from '@infrarust/core'
import { type Diagnostic, type ServerDefinition, serverKeys } from '@infrarust/core/provider'
import type { Environment } from './environment/read-environment.ts'
import { type OperatorFile, readOperatorFile } from './operator-file.ts'
import { isServerFile, misnamedFiles } from './stray-files.ts'
import { errorCode, isPassing, reasonOf } from './system-error.ts'
import { shownPath } from './toml-file.ts'
import { planWatch, type WatchPlan } from './watch-plan.ts'

/** What a folder of server files holds. */
export type ServerFolder =
  | {
      readonly kind: 'servers'
      readonly servers: readonly ServerDefinition[]
      readonly diagnostics: readonly Diagnostic[]
      /** Whether there are files that the system could not read just now, and that nothing else is wrong with. */
      readonly isPassing: boolean
    }
  | { readonly kind: 'missing' }
  | { readonly kind: 'unreadable'; readonly problem: string; readonly isPassing: boolean }

/** More servers than one process can serve; a folder of something else must not take minutes at each change in it. */
const MOST_FILES = 10_000

/**
 * Names to watch for a folder of server files: the way to it, and the ways of the links in it.
 *
 * @param named pictures and others that the server files name; their content counts too
 */
export async function planServerFolder(folder: string, named: Iterable<string>): Promise<WatchPlan> {
  const plan: WatchPlan = new Map()
  for (const file of named) await planWatch(file, plan)
  await planWatch(folder, plan)
  // An entry in the plan for the folder itself, so that it is watched although no name in it is known yet.
  await planWatch(join(folder, '.toml'), plan)
  for (const entry of await entriesOf(folder))
    if (entry.isSymbolicLink()) await planWatch(join(folder, entry.name), plan)
  return plan
}

async function entriesOf(folder: string): Promise<readonly Dirent[]> {
  try {
    return (await readdir(folder, { withFileTypes: true }))
      .filter(({ name }) => isServerFile(name))
      .slice(0, MOST_FILES)
  } catch {
    // Reading says why; what is there is watched all the same.
    return []
  }
}

/** Reads a folder of server files again and again; files that did not change are not read twice. */
export class ServerFiles {
  readonly #environment: Environment
  readonly #known = new Map<string, { readonly version: string; readonly definition: ServerDefinition }>()
  #named: ReadonlySet<string> = new Set()
  #isPassing = false

  /** @param environment what `${NAME}` in a file may name */
  constructor(environment: Environment) {
    this.#environment = environment
  }

  /** The pictures that the files of the last reading name, and the files of `${file:…}` in them. */
  get named(): ReadonlySet<string> {
    return this.#named
  }

  async read(folder: string): Promise<ServerFolder> {
    let entries: Dirent[]
    try {
      entries = await readdir(folder, { withFileTypes: true })
    } catch (cause) {
      if (errorCode(cause) === 'ENOENT') return { kind: 'missing' }
      const problem = `${shownPath(folder)}: cannot be read: ${reasonOf(cause)}`
      return { kind: 'unreadable', problem, isPassing: isPassing(cause) }
    }
    const files = entries.filter(({ name }) => isServerFile(name)).sort(byName)
    if (files.length > MOST_FILES) {
      const problem = `${shownPath(folder)}: holds ${files.length} server files, and at most ${MOST_FILES} are read; the last servers stay`
      return { kind: 'unreadable', problem, isPassing: false }
    }
    this.#isPassing = false
    const servers: ServerDefinition[] = []
    const names = entries.filter((entry) => !entry.isDirectory()).map(({ name }) => name)
    const diagnostics: Diagnostic[] = [...misnamedFiles(folder, names)]
    const seen = new Set<string>()
    const allNamed = new Set<string>()
    for (const entry of files) {
      const path = join(folder, entry.name)
      seen.add(path)
      if (entry.isDirectory()) {
        diagnostics.push({
          level: 'warn',
          message: `${shownPath(path)}: is a folder, not a server file; it is ignored`,
        })
        continue
      }
      const read = await this.#definition(path, entry)
      if (read === undefined) continue
      const { definition, files } = read
      const pictures = pictureFiles(definition.values, 'motd', definition.folder)
      for (const named of [...pictures, ...files]) allNamed.add(named)
      servers.push(pictures.length === 0 ? definition : { ...definition, version: await stampsOf(pictures) })
    }
    this.#named = allNamed
    for (const path of this.#known.keys()) if (!seen.has(path)) this.#known.delete(path)
    return { kind: 'servers', servers, diagnostics, isPassing: this.#isPassing }
  }

  async #definition(path: string, entry: Dirent): Promise<ReadFile | undefined> {
    const version = await versionOf(path)
    const known = this.#known.get(path)
    if (version !== undefined && known?.version === version) return { definition: known.definition, files: [] }
    const file = await readOperatorFile(path, serverKeys, this.#environment)
    const definition = definitionOf(file, path, entry)
    const isUnread = file.kind !== 'missing' && file.isPassing
    if (isUnread) this.#isPassing = true
    const files = file.kind === 'values' ? file.files : []
    // One that names others is read each time: its version says nothing of theirs.
    const isKept = version !== undefined && !isUnread && files.length === 0
    if (definition !== undefined && isKept) this.#known.set(path, { version, definition })
    else this.#known.delete(path)
    return definition && { definition, files }
  }
}

interface ReadFile {
  readonly definition: ServerDefinition
  /** Absolute: those of `${file:…}`. */
  readonly files: readonly string[]
}

/** Undefined where the file went away between the listing and now. */
function definitionOf(file: OperatorFile, path: string, entry: Dirent): ServerDefinition | undefined {
  const facts = { key: entry.name.slice(0, -'.toml'.length), source: shownPath(path), folder: dirname(path) }
  switch (file.kind) {
    case 'values': {
      const { values, locate, references } = file
      const withheld = references.filter(({ isWithheld }) => isWithheld).map((reference) => reference.path)
      const problems = file.problems.map((problem) => `${locate(problem.path)}: ${problem.message}`)
      return {
        ...facts,
        values,
        locate,
        ...(withheld.length > 0 && { withheld }),
        ...(problems.length > 0 && { problems }),
      }
    }
    case 'problem':
      return { ...facts, values: {}, problems: [file.problem] }
    case 'missing':
      // A link that leads nowhere is a mistake to be told, and no reason to drop the server.
      return entry.isSymbolicLink()
        ? { ...facts, values: {}, problems: [`${shownPath(path)}: the file that it links to is missing`] }
        : undefined
  }
}

/** A file that was written just now may be written again within the same tick of the file system's clock. */
const UNSETTLED_MS = 1_000

/** Changes with the content; undefined where that cannot be told. */
async function versionOf(path: string): Promise<string | undefined> {
  const stamp = await stampOf(path)
  return stamp === undefined || Math.abs(Date.now() - stamp.changedAt) < UNSETTLED_MS ? undefined : stamp.text
}

/** Changes with the content of any; one that is not there has a stamp of its own. */
async function stampsOf(paths: readonly string[]): Promise<string> {
  const stamps = await Promise.all(paths.map(stampOf))
  return stamps.map((stamp) => stamp?.text ?? 'missing').join(' ')
}

/** Undefined where there is nothing. */
async function stampOf(path: string): Promise<{ readonly text: string; readonly changedAt: number } | undefined> {
  try {
    const { dev, ino, size, mtimeNs, ctimeNs, ctimeMs } = await stat(path, { bigint: true })
    return { text: `${dev}:${ino}:${size}:${mtimeNs}:${ctimeNs}`, changedAt: Number(ctimeMs) }
  } catch {
    return undefined
  }
}

function byName(a: Dirent, b: Dirent): number {
  return a.name < b.name ? -1 : 1
}

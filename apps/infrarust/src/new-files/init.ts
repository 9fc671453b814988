import { dirname, isAbsolute, relative, resolve } from 'node:path'
import { fileProvider, shownPath } from '@infrarust/config-file'
import { readGateway } from '@infrarust/core'
import { firstSnapshot } from '../check/first-snapshot.ts'
import { DEFAULT_FILE } from '../configuration.ts'
import { dataPaths } from '../data-paths.ts'
import type { GlobalOptions } from '../options.ts'
import { print, tell } from '../print/print.ts'
import { printable } from '../print/printable.ts'
import { shellWord } from '../print/shell-word.ts'
import { type Config, PROGRAM_KEYS } from '../program-keys.ts'
import { ownListeners } from '../proxy/own-listeners.ts'
import { tellTakenUp } from './add.ts'
import { ADDRESS, BIND, DOMAIN, type Question, TRUSTED } from './answers.ts'
import { type GatewayFileContent, gatewayFileText, gatewayFileValues } from './gateway-file.ts'
import { type PlannedServer, planServer } from './plan-server.ts'
import { Cancelled, Questionnaire } from './questionnaire.ts'
import { takenUp } from './taken-up.ts'
import { alreadyThere, isThere, makeFolder, writeNew } from './write-new.ts'

/** The answers that came on the command line, as they were typed. */
export interface InitOptions {
  readonly global: GlobalOptions
  readonly trusted: string | undefined
  readonly domain: string | undefined
  readonly address: string | undefined
  /** Whether nothing is asked. */
  readonly yes: boolean
}

interface Answers {
  readonly bind: string | undefined
  readonly trusted: readonly string[] | undefined
  readonly domain: string | undefined
  readonly address: string | undefined
}

const NOTHING_WRITTEN = 1

/**
 * Writes an `infrarust.toml` and perhaps a first server file, by what is answered on the command line or on the terminal.
 *
 * @returns the exit code
 */
export async function init(options: InitOptions): Promise<number> {
  const { global, yes } = options
  const path = resolve(global.config ?? DEFAULT_FILE)
  // Before the questions: nobody answers them for nothing.
  if (isThere(path)) return refused(`${alreadyThere(path)}: infrarust add <domain> <address> adds a server to it`)
  const given = answersOf(options)
  if ('faults' in given) return refused(...given.faults)
  const isComplete = Object.values(given).every((answer) => answer !== undefined)
  const plan = yes || isComplete ? await planFor(path, given, global) : await askedFor(path, given, global)
  if (plan === 'cancelled') return NOTHING_WRITTEN
  return plan.kind === 'refused' ? refused(...plan.problems) : await write(plan)
}

/** What the options answer, or what is wrong or missing there. */
function answersOf({
  global,
  trusted,
  domain,
  address,
  yes,
}: InitOptions): Answers | { readonly faults: readonly string[] } {
  const given = {
    bind: flag('--bind', BIND, global.bind),
    trusted: flag('--trusted', TRUSTED, trusted),
    domain: flag('--domain', DOMAIN, domain),
    address: flag('--address', ADDRESS, address),
  }
  const faults = Object.values(given).flatMap((each) => (each.kind === 'fault' ? [each.fault] : []))
  const mayAsk = !yes && canAsk()
  if (!mayAsk && (domain === undefined) !== (address === undefined))
    faults.push('--domain and --address go together: a server has both')
  const isOpen = Object.values(given).some(({ kind }) => kind === 'open')
  if (faults.length === 0 && isOpen && !yes && !mayAsk)
    faults.push(
      'init asks its questions on a terminal, and there is none: write --yes to take the defaults for what is not ' +
        'answered by --bind, --trusted, --domain and --address',
    )
  if (faults.length > 0) return { faults }
  return {
    bind: answerOf(given.bind),
    trusted: answerOf(given.trusted),
    domain: answerOf(given.domain),
    address: answerOf(given.address),
  }
}

type Given<T> =
  | { readonly kind: 'open' }
  | { readonly kind: 'answer'; readonly value: T }
  | { readonly kind: 'fault'; readonly fault: string }

function flag<T>(name: string, question: Question<T>, written: string | undefined): Given<T> {
  if (written === undefined) return { kind: 'open' }
  const answer = question.read(written.trim())
  return answer.kind === 'answer' ? answer : { kind: 'fault', fault: `${name}: ${answer.fault}` }
}

function answerOf<T>(given: Given<T>): T | undefined {
  return given.kind === 'answer' ? given.value : undefined
}

function canAsk(): boolean {
  return process.stdin.isTTY && process.stderr.isTTY
}

async function askedFor(path: string, given: Answers, global: GlobalOptions): Promise<Plan | 'cancelled'> {
  const questionnaire = new Questionnaire(process.stdin, process.stderr)
  try {
    questionnaire.say('Enter takes what stands in brackets; Ctrl-C ends it, and nothing is written.\n')
    const bind = given.bind ?? (await questionnaire.ask(BIND))
    const trusted = given.trusted ?? (await questionnaire.ask(TRUSTED))
    const domainQuestion = given.address === undefined ? DOMAIN : { ...DOMAIN, otherwise: undefined }
    for (;;) {
      const domain = given.domain ?? (await questionnaire.ask(domainQuestion))
      const address = given.address ?? (domain === undefined ? undefined : await questionnaire.ask(ADDRESS))
      const plan = await planFor(path, { bind, trusted, domain, address }, global)
      if (plan.kind === 'planned' || (given.domain !== undefined && given.address !== undefined)) return plan
      for (const problem of plan.problems) questionnaire.say(problem)
    }
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error
    questionnaire.say('\nnothing was written')
    return 'cancelled'
  } finally {
    questionnaire.close()
  }
}

type Plan =
  | {
      readonly kind: 'planned'
      readonly path: string
      readonly text: string
      readonly config: Pick<Config, 'serversDir' | 'dataDir' | 'ban' | 'control'>
      readonly server: Extract<PlannedServer, { kind: 'planned' }> | undefined
    }
  | { readonly kind: 'refused'; readonly problems: readonly string[] }

/** All that would be written. */
async function planFor(path: string, answers: Answers, global: GlobalOptions): Promise<Plan> {
  const { bind, trusted, domain, address } = answers
  const folder = dirname(path)
  const content: GatewayFileContent = {
    bind,
    serversDir: global.serversDir === undefined ? undefined : fromFolder(folder, global.serversDir),
    trusted: trusted?.length === 0 ? undefined : trusted,
    logLevel: global.logLevel,
  }
  const { config, problems } = readGateway(gatewayFileValues(content), { folder, program: PROGRAM_KEYS })
  if (problems.length > 0) return { kind: 'refused', problems: problems.map(({ message }) => message) }
  const serversDir = resolve(folder, config.serversDir)
  const files = { kind: 'planned', path, text: gatewayFileText(content), config: { ...config, serversDir } } as const
  if (domain === undefined || address === undefined) return { ...files, server: undefined }
  const others = await firstSnapshot(
    [fileProvider({ directory: serversDir, environment: { ...process.env } })],
    (_, failure) => failure,
  )
  const wanted = { domain, addresses: [address], id: undefined, sends: false } as const
  const server = await planServer(wanted, { serversDir, others, own: ownListeners(config.listeners) })
  return server.kind === 'refused' ? server : { ...files, server }
}

/** @returns the exit code */
async function write({ path, text, config, server }: Extract<Plan, { kind: 'planned' }>): Promise<number> {
  for (const file of [{ path, text }, ...(server === undefined ? [] : [server])]) {
    const written = writeNew(file.path, file.text)
    if (written.kind === 'refused') return refused(written.message)
    print(`wrote ${printable(shownPath(file.path))}\n`)
  }
  const program = path === resolve(DEFAULT_FILE) ? 'infrarust' : `infrarust --config ${shellWord(shownPath(path))}`
  if (server === undefined) {
    makeFolder(config.serversDir)
    print(`there is no server yet: ${program} add <domain> <address> writes one\n`)
  } else {
    const taken = await takenUp(dataPaths(config, path).controlSocket, server.id)
    if (taken.kind !== 'absent') return tellTakenUp(taken, server.id)
  }
  print(`${program} check says what will be served, ${program} serves it\n`)
  return 0
}

function refused(...problems: readonly string[]): number {
  for (const problem of problems) tell(`error: ${problem}`)
  return NOTHING_WRITTEN
}

/** As it stands in a file in this folder: a path of the command line begins where that was typed. */
function fromFolder(folder: string, written: string): string {
  const inside = relative(folder, resolve(written))
  return inside === '' ? '.' : inside.startsWith('..') || isAbsolute(inside) ? resolve(written) : `./${inside}`
}

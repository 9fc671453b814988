import { Command } from 'commander'
import type { LiveProxy } from './live-proxy.ts'
import type { Verb } from './verb.ts'

/**
 * Every verb, in the order of the help. Its route and its command are imported where they are wanted. Some routes have no
 * command of their own, and some commands ask a route of another verb.
 */
const VERBS: readonly VerbEntry[] = [
  { name: 'ban add', command: () => import('./ban-add/command.ts'), route: () => import('./ban-add/verb.ts') },
  { name: 'ban remove', command: () => import('./ban-remove/command.ts'), route: () => import('./ban-remove/verb.ts') },
  { name: 'ban list', command: () => import('./ban-list/command.ts'), route: () => import('./ban-list/verb.ts') },
  { name: 'ban show', command: () => import('./ban-check/command.ts'), route: () => import('./ban-check/verb.ts') },
  { name: 'ban import', command: () => import('./ban-import/command.ts'), route: () => import('./ban-import/verb.ts') },
  { name: 'ban export', command: () => import('./ban-export/command.ts') },
  { name: 'status', command: () => import('./status/command.ts'), route: () => import('./status/verb.ts') },
  { name: 'servers', route: () => import('./servers/verb.ts') },
  {
    name: 'connections',
    command: () => import('./connections/command.ts'),
    route: () => import('./connections/verb.ts'),
  },
  { name: 'trace', command: () => import('./trace/command.ts'), route: () => import('./trace/verb.ts') },
  { name: 'kick', command: () => import('./kick/command.ts'), route: () => import('./kick/verb.ts') },
  { name: 'kick --name', route: () => import('./kick-player/verb.ts') },
  {
    name: 'maintenance on',
    command: () => import('./maintenance-on/command.ts'),
    route: () => import('./maintenance-on/verb.ts'),
  },
  {
    name: 'maintenance off',
    command: () => import('./maintenance-off/command.ts'),
    route: () => import('./maintenance-off/verb.ts'),
  },
  {
    name: 'maintenance list',
    command: () => import('./maintenance-list/command.ts'),
    route: () => import('./maintenance-list/verb.ts'),
  },
  {
    name: 'server list',
    command: () => import('./server-list/command.ts'),
    route: () => import('./server-list/verb.ts'),
  },
  {
    name: 'server start',
    command: () => import('./server-start/command.ts'),
    route: () => import('./server-start/verb.ts'),
  },
  {
    name: 'server stop',
    command: () => import('./server-stop/command.ts'),
    route: () => import('./server-stop/verb.ts'),
  },
  { name: 'server log', command: () => import('./server-log/command.ts'), route: () => import('./server-log/verb.ts') },
  { name: 'providers', command: () => import('./providers/command.ts'), route: () => import('./providers/verb.ts') },
  { name: 'reload', command: () => import('./reload/command.ts'), route: () => import('./reload/verb.ts') },
  { name: 'log level', command: () => import('./log-level/command.ts'), route: () => import('./log-level/verb.ts') },
  { name: 'log level <level>', route: () => import('./log-level-set/verb.ts') },
  { name: 'web login', command: () => import('./web-login/command.ts'), route: () => import('./web-login/verb.ts') },
  { name: 'web login <ticket>', route: () => import('./web-session/verb.ts') },
  { name: 'web access', route: () => import('./web-access/verb.ts') },
  { name: 'events', route: () => import('./events/verb.ts') },
  { name: 'stats', route: () => import('./stats/verb.ts') },
  { name: 'stats history', route: () => import('./stats-history/verb.ts') },
  { name: 'events recent', route: () => import('./events-recent/verb.ts') },
  { name: 'players', route: () => import('./players-list/verb.ts') },
  { name: 'player', route: () => import('./player/verb.ts') },
  { name: 'server', route: () => import('./server/verb.ts') },
  { name: 'server health', route: () => import('./server-status/verb.ts') },
  { name: 'server doctor', route: () => import('./server-doctor/verb.ts') },
  { name: 'attention', route: () => import('./attention/verb.ts') },
  { name: 'paths', route: () => import('./paths/verb.ts') },
  { name: 'connection', route: () => import('./connection-path/verb.ts') },
  { name: 'limits', route: () => import('./limits/verb.ts') },
  { name: 'config', route: () => import('./config/verb.ts') },
  { name: 'logs', route: () => import('./logs/verb.ts') },
  { name: 'logs history', route: () => import('./logs-history/verb.ts') },
  { name: 'health', route: () => import('./health/verb.ts') },
]

interface VerbEntry {
  /** As people write it; of two words, the first is the command that the second one is a part of. */
  readonly name: string
  readonly command?: () => Promise<{ command(): Command }>
  readonly route?: () => Promise<{ readonly verb: Verb<LiveProxy> }>
}

/** What is said of a command that has others in it. */
const GROUPS: Readonly<Record<string, string>> = {
  ban: 'keep addresses, networks and players out, with or without a running proxy',
  log: 'the log of the running proxy',
  server: 'start and stop servers that sleep when nobody is there',
  maintenance: 'keep players out of servers, but for those who may',
  web: 'the dashboard of the running proxy',
}

/** All that a proxy can be asked. */
export async function loadVerbs(): Promise<readonly Verb<LiveProxy>[]> {
  const modules = await Promise.all(VERBS.flatMap(({ route }) => route?.() ?? []))
  return modules.map(({ verb }) => verb)
}

/** The commands for it by their first word. */
export function verbCommands(): Readonly<Record<string, () => Promise<Command>>> {
  const names = new Set(VERBS.filter(({ command }) => command !== undefined).map(({ name }) => firstWord(name)))
  return Object.fromEntries([...names].map((name) => [name, () => loadCommand(name)]))
}

async function loadCommand(name: string): Promise<Command> {
  const modules = VERBS.filter((verb) => firstWord(verb.name) === name).flatMap(({ command }) => command?.() ?? [])
  const commands = (await Promise.all(modules)).map(({ command }) => command())
  const [only] = commands
  const description = GROUPS[name]
  if (only !== undefined && description === undefined) return only
  const group = new Command(name).description(description ?? '')
  for (const command of commands) group.addCommand(command)
  return group
}

function firstWord(name: string): string {
  return name.split(' ', 1)[0] ?? name
}

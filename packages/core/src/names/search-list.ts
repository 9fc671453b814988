/**
 * The full names to ask for a name, in order, as resolv.conf(5) has it: `search` (or `domain`) and `ndots`. c-ares is
 * asked for full names only, and in Kubernetes every short name of a service depends on the list.
 */
export function searchCandidates(name: string, resolvConf: string): readonly string[] {
  let search: readonly string[] = []
  let ndots = 1
  for (const line of resolvConf.split('\n')) {
    const [keyword, ...words] = line
      .replace(/[#;].*/, '')
      .trim()
      .split(/\s+/)
    if (keyword === 'search' || keyword === 'domain') search = words
    if (keyword !== 'options') continue
    const option = words.find((word) => word.startsWith('ndots:'))
    if (option !== undefined) ndots = Number(option.slice('ndots:'.length)) || 0
  }
  if (name.endsWith('.')) return [name]
  const searched = search.filter((suffix) => suffix !== '.').map((suffix) => `${name}.${suffix}`)
  return name.split('.').length - 1 >= ndots ? [name, ...searched] : [...searched, name]
}

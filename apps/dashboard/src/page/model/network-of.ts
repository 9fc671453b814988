/** The network that a peer is shown in, as the proxy groups them: the /24 of an IPv4 address, the /64 of an IPv6 address. */
export function networkOf(address: string): string {
  const ipv4 = /^(\d+\.\d+\.\d+)\.\d+$/.exec(address)
  if (ipv4 !== null) return `${ipv4[1]}.0/24`
  if (!address.includes(':')) return address
  const groups = expanded(address).slice(0, 4)
  // Zeros at the end belong to those that the `::` stands for.
  while (groups.at(-1) === 0) groups.pop()
  return `${groups.map((group) => group.toString(16)).join(':')}::/64`
}

function expanded(address: string): number[] {
  const [head = '', tail] = address.split('::')
  const groupsOf = (text: string): readonly number[] =>
    text === '' ? [] : text.split(':').map((each) => Number.parseInt(each, 16))
  const first = groupsOf(head)
  const last = tail === undefined ? [] : groupsOf(tail)
  return [...first, ...Array.from({ length: Math.max(0, 8 - first.length - last.length) }, () => 0), ...last]
}

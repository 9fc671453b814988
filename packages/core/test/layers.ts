/**
 * The folders of `src`, from the bottom to the top: one imports only those above it in this list. Who adds a folder gives it
 * a place here, and a sentence about what belongs in it; `docs/architecture.md` has the same table.
 */
export const LAYERS: readonly (readonly [folder: string, what: string])[] = [
  ['text', 'what is done to a text whoever wrote it'],
  ['collections', 'tables that know nothing of what is in them'],
  ['addresses', 'addresses and networks of clients, and tables of them'],
  ['domains', 'names of hosts: cleaned up, as ASCII, as patterns'],
  ['record', 'the table of reasons, the access record, notices'],
  ['config', 'the engine of the configuration: rows, readers, value types; no key of any feature'],
  ['transport', 'what moves bytes: the contract, the transport on `node:net`, their keys'],
  ['timeouts', '`[timeouts]` of both files: their keys'],
  ['policy', 'what a rule is, what it is told, and several as one'],
  ['proxy-header', 'keys of the PROXY headers that are received and sent'],
  ['auth', 'finding out who a player is: the key of logins, the session server'],
  ['messages', 'what players read: texts, MOTD, their keys'],
  ['filter', '`[ip_filter]`: its keys, its lists, its policy'],
  ['limit', '`[rate_limit]`: its keys, its counters, its policy'],
  ['slots', '`max_players`: its key, its policy'],
  ['ban', 'bans: keys, what a store is, index, policy'],
  ['features', 'the list of features that have keys, and what they say together'],
  ['server', 'one backend definition: what there is to know of it, its keys, its validation'],
  ['names', 'looking up the names of backends'],
  ['router', 'which server a domain leads to'],
  ['provider', 'where servers come from: contract, registry, keys of `[[provider]]`'],
  ['backend', "the proxy's own connections to backends"],
  ['status', 'what the server list is answered: fetching, keeping, its keys'],
  ['loop', 'finding out that a server leads back to this proxy'],
  ['connection', 'the way of one connection: facts, turn, steps, states, clocks'],
  ['gateway-config', 'everything that `infrarust.toml` says, put together from the keys of the features'],
  ['gateway', 'the table of all connections, which feeds and asks them'],
]

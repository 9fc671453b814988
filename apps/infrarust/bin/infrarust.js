#!/usr/bin/env node
const [major] = process.versions.node.split('.')
if (Number(major) < 24) {
  process.stderr.write(`infrarust: needs Node 24 or newer, this is ${process.version}\n`)
  process.exit(1)
}
const { main } = await import('../dist/index.js')
await main(process.argv.slice(2))

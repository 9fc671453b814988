/**
 * `pnpm start` is the program: its standard output is a log that others read (`| jq`). pnpm would write the name of the
 * script before it, and behind it that the script has failed wherever the program ends with another code than 0. For all
 * other commands pnpm says what it does.
 */
function updateConfig(config) {
  const [command, script] = process.argv.slice(2).filter((arg, at, args) => !arg.startsWith('-') && !isFolder(at, args))
  const isStart = command === 'start' || ((command === 'run' || command === 'run-script') && script === 'start')
  return isStart ? { ...config, reporter: 'silent' } : config
}

/** Of `pnpm -C <folder> start`. */
function isFolder(at, args) {
  return args[at - 1] === '-C' || args[at - 1] === '--dir'
}

module.exports = { hooks: { updateConfig } }

import { gives, type Reading, type ValueType } from '../config/value-type.ts'
import { text } from '../config/values/plain.ts'

const line = text({ maxLength: 2048 })

/** `https://panel.example.com`, read without the `/` at its end. */
export const panelUrl: ValueType<string> = { ...line, read }

function read(written: unknown): Reading<string> {
  const reading = line.read(written)
  if (reading.kind === 'fault') return reading
  const trimmed = reading.value.replace(/\/+$/, '')
  const url = /^https?:\/\/[^\s/]/i.test(trimmed) ? URL.parse(trimmed) : null
  if (url === null)
    return { kind: 'fault', fault: 'is no address of a panel; write one such as "https://panel.example.com"' }
  // It stands in messages, and no panel takes it: its key takes the place of both.
  return url.username === '' && url.password === ''
    ? gives(trimmed)
    : { kind: 'fault', fault: 'has a user or a password in it; write the key of the panel as api_key' }
}

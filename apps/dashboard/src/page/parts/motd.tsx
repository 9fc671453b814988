import { type MotdRun, motdRuns } from '../model/motd-runs.ts'
import { shownText } from '../model/shown-text.ts'

export interface MotdProps {
  readonly description: unknown
  /** A data URL, as the server sent it. */
  readonly favicon: string | undefined
}

/** An entry of the server list as the game draws it; obfuscated letters stand still. */
export function Motd({ description, favicon }: MotdProps) {
  return (
    <div class="motd">
      {favicon !== undefined && isPng(favicon) ? (
        <img src={favicon} alt="" width="64" height="64" />
      ) : (
        <span class="motd-noicon" aria-hidden="true" />
      )}
      <p>
        {motdRuns(description).map((run, index) => (
          <span key={index} class={classOf(run)} style={run.color?.startsWith('#') ? { color: run.color } : {}}>
            {run.isObfuscated ? '▒'.repeat([...run.text].length) : linesOf(run.text)}
          </span>
        ))}
      </p>
    </div>
  )
}

/** The game takes nothing else, and a picture in another form could fetch what it likes. */
function isPng(favicon: string): boolean {
  return favicon.length < 200_000 && /^data:image\/png;base64,[A-Za-z0-9+/=\s]+$/.test(favicon)
}

function classOf({ color, isBold, isItalic, isUnderlined, isStruck }: MotdRun): string {
  return [
    color !== undefined && !color.startsWith('#') ? `mc-${color}` : '',
    isBold ? 'mc-bold' : '',
    isItalic ? 'mc-italic' : '',
    isUnderlined ? 'mc-underlined' : '',
    isStruck ? 'mc-struck' : '',
  ]
    .filter((name) => name !== '')
    .join(' ')
}

/** A line end is one; whatever else is unseen is written out. */
function linesOf(text: string): string {
  return text
    .split('\n')
    .map((line) => shownText(line, 1_000))
    .join('\n')
}

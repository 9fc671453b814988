import { shownText } from '../model/shown-text.ts'

/** A text that somebody else has chosen: shown as data, whatever is in it, and apart from the text around it. */
export function Said({ text, characters }: { readonly text: string; readonly characters?: number }) {
  return <bdi class="said">{shownText(text, characters)}</bdi>
}

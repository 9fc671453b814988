import type { ApiError } from '../api/api-error.ts'
import { shownText } from '../model/shown-text.ts'

/** Why something is not shown or was not done. */
export function Problem({ error }: { readonly error: ApiError | undefined }) {
  return error === undefined ? null : (
    <p class="problem" role="alert">
      {shownText(error.message, 600)}
    </p>
  )
}

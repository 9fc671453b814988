import { useState } from 'preact/hooks'
import { ApiError } from '../api/api-error.ts'

export type ActionState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'busy' }
  | { readonly kind: 'done'; readonly text: string }
  | { readonly kind: 'failed'; readonly error: ApiError }

/** Something that a button does: one at a time, and what came of it is told. */
export function useAction(): readonly [state: ActionState, run: (act: () => Promise<string>) => Promise<void>] {
  const [state, setState] = useState<ActionState>({ kind: 'idle' })
  const run = async (act: () => Promise<string>): Promise<void> => {
    if (state.kind === 'busy') return
    setState({ kind: 'busy' })
    try {
      setState({ kind: 'done', text: await act() })
    } catch (error) {
      setState({ kind: 'failed', error: error instanceof ApiError ? error : new ApiError('failed', String(error)) })
    }
  }
  return [state, run]
}

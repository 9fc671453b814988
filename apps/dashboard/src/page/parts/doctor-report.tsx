import { useEffect, useState } from 'preact/hooks'
import { ApiError } from '../api/api-error.ts'
import { ask } from '../api/ask.ts'
import { shownText } from '../model/shown-text.ts'
import { Problem } from './problem.tsx'
import { Said } from './said.tsx'
import { StateMark } from './state-mark.tsx'
import { TableBox } from './table-box.tsx'

/** Of `/servers/{id}/doctor`. */
interface Diagnosis {
  readonly verdict: string
  readonly endpoints: readonly {
    readonly address: string
    readonly none: string
    readonly v1: string
    readonly v2: string
  }[]
  readonly fix: string | null
}

/** Asks a server with and without headers, once, and shows what it answered. */
export function DoctorReport({ server, onDone }: { readonly server: string; readonly onDone: () => void }) {
  const [diagnosis, setDiagnosis] = useState<Diagnosis | undefined>(undefined)
  const [error, setError] = useState<ApiError | undefined>(undefined)
  useEffect(() => {
    const gone = new AbortController()
    ask<Diagnosis>(`/servers/${encodeURIComponent(server)}/doctor`, { method: 'POST', body: {}, signal: gone.signal })
      .then(setDiagnosis)
      .catch((thrown: unknown) => {
        if (!gone.signal.aborted) setError(thrown instanceof ApiError ? thrown : new ApiError('failed', String(thrown)))
      })
    return () => gone.abort()
  }, [server])
  return (
    <section class="doctor" aria-label="Doctor">
      <Problem error={error} />
      {diagnosis === undefined ? (
        error === undefined && <p role="status">asking the server, with and without headers…</p>
      ) : (
        <>
          <p role="status">
            <StateMark mark={diagnosis.verdict === 'ok' ? 'ok' : 'bad'}>
              {diagnosis.verdict.replaceAll('_', ' ')}
            </StateMark>{' '}
            {diagnosis.fix !== null && shownText(diagnosis.fix, 1_000)}
          </p>
          <TableBox label="What each address answers">
            <table>
              <thead>
                <tr>
                  <th scope="col">Address</th>
                  <th scope="col">without header</th>
                  <th scope="col">v1</th>
                  <th scope="col">v2</th>
                </tr>
              </thead>
              <tbody>
                {diagnosis.endpoints.map(({ address, none, v1, v2 }) => (
                  <tr key={address}>
                    <td class="mono">
                      <Said text={address} />
                    </td>
                    {[none, v1, v2].map((said, index) => (
                      <td key={index}>{shownText(said.replaceAll('_', ' '))}</td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </TableBox>
        </>
      )}
      <button type="button" class="quiet" onClick={onDone}>
        Close
      </button>
    </section>
  )
}

import type { MetadataServer } from '#pkg/google'
import { createSingleFlight } from '#pkg/store'

/** A metadata server that was not there is looked for again after this time, in milliseconds. */
const ABSENCE_MS = 60_000

/** The value of the header `authorization` for the receiver; undefined: none. Rejects when it cannot be had. */
export type Authorize = (signal: AbortSignal) => Promise<string | undefined>

export interface EventAuthorizationOptions {
  /** Byte for byte the audience of the token, as octo-sts has it. */
  readonly target: string
  /** Undefined: `google` where a metadata server answers. */
  readonly auth: 'google' | 'none' | undefined
  readonly metadata: MetadataServer
  readonly now: () => number
}

/** Google's ID token for an https receiver. A token never goes out in the clear. */
export function createEventAuthorization(options: EventAuthorizationOptions): Authorize {
  const { target, auth, metadata, now } = options
  const flight = createSingleFlight<boolean>()
  let isPresent = auth === 'google'
  let absentUntil = 0

  async function hasMetadata(signal: AbortSignal): Promise<boolean> {
    if (isPresent || now() < absentUntil) return isPresent
    isPresent = await flight.run('', signal, (shared) => metadata.isPresent({ signal: shared }))
    if (!isPresent) absentUntil = now() + ABSENCE_MS
    return isPresent
  }

  if (auth === 'none' || new URL(target).protocol !== 'https:') return () => Promise.resolve(undefined)
  return async (signal) => {
    if (!(await hasMetadata(signal))) return undefined
    return `Bearer ${await metadata.identityToken(target, { signal })}`
  }
}

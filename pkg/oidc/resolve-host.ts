import { lookup, Resolver } from 'node:dns/promises'

/**
 * The IP addresses of a host name, in the order in which they should be tried; empty if there is none
 * of that name. Rejects when nobody can tell.
 */
export type ResolveHost = (hostname: string, options: ResolveOptions) => Promise<readonly string[]>

export interface ResolveOptions {
  /** The host may be of this machine or network: the hosts file and search domains count. */
  readonly local: boolean
  readonly signal: AbortSignal
}

/** DNS answers that say that there is nothing, rather than that nobody could be asked. */
const ABSENT: ReadonlySet<unknown> = new Set(['ENOTFOUND', 'ENODATA'])

/**
 * Resolves with the name servers of the system.
 *
 * Names on the internet do not go through `getaddrinfo`: strangers choose them, it cannot be
 * cancelled, and it has two threads in all, so that slow names would keep this process from resolving
 * anything else.
 */
export const resolveHost: ResolveHost = async (hostname, { local, signal }) => {
  signal.throwIfAborted()
  if (local) return (await lookup(hostname, { all: true })).map(({ address }) => address)
  const resolver = new Resolver({ timeout: 2_000, tries: 2 })
  const cancel = (): void => {
    resolver.cancel()
  }
  signal.addEventListener('abort', cancel, { once: true })
  try {
    const answers = await Promise.allSettled([resolver.resolve4(hostname), resolver.resolve6(hostname)])
    const addresses = answers.flatMap((answer) => (answer.status === 'fulfilled' ? answer.value : []))
    const failure = answers.find(
      (answer) => answer.status === 'rejected' && !ABSENT.has(codeOf(answer.reason)),
    )
    if (addresses.length === 0 && failure?.status === 'rejected') throw failure.reason
    return addresses
  } finally {
    signal.removeEventListener('abort', cancel)
  }
}

/** The `code` of a system error; undefined if it has none. */
export function codeOf(thrown: unknown): string | undefined {
  if (typeof thrown !== 'object' || thrown === null || !('code' in thrown)) return undefined
  return typeof thrown.code === 'string' ? thrown.code : undefined
}

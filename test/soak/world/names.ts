/** The audience that the service asks for. */
export const DOMAIN = 'sts.example.com'

/** What the good clients ask for, and may. */
export const GOOD = { owner: 'acme', repository: 'app', identity: 'reader' } as const

/** The attackers' own organization; the App is installed there too, as anyone can install it. */
export const HOSTILE_OWNER = 'mallory'
/** Subject of the tokens that the attackers' policies let in. */
export const HOSTILE_SUBJECT = 'attacker'

/** A text that is in everything that the attackers' servers answer, and must not be in any log. */
export const CANARY = 'canary-7d0f'

/** An owner of the attackers for whom calls of GitHub go wrong. */
export function faultyOwner(operation: string, effect: string): string {
  return `faulty-${operation}-${effect}`
}

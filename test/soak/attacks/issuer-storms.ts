import { ask } from '../attackers/ask.ts'
import type { Attack } from './attack.ts'

/** Issuers that are made up before the first comes again. */
const INVENTED_ISSUERS = 10_000

export const ISSUER_STORMS: readonly Attack[] = [
  {
    name: 'invented-issuers',
    rows: 'S12, S13',
    what: `${INVENTED_ISSUERS} issuers that nobody has seen, half of them without a document`,
    perSecond: 100,
    answers: ['ISSUER_REJECTED', 'ISSUER_UNREACHABLE', 'POLICY_MISMATCH'],
    async attempt(arena, n) {
      const issuer = arena.issuers.issuerOf(n % 2 === 0 ? 'absent' : 'valid', n % INVENTED_ISSUERS)
      return ask(arena, { bearer: await arena.issuers.sign(issuer), identity: 'costly-0' })
    },
  },
  {
    name: 'unknown-keys',
    rows: 'S12',
    what: 'tokens of one issuer, each with a kid of its own',
    perSecond: 100,
    answers: ['TOKEN_INVALID', 'ISSUER_UNREACHABLE'],
    async attempt(arena, n) {
      const issuer = arena.issuers.issuerOf('valid', 0)
      return ask(arena, { bearer: await arena.issuers.sign(issuer, {}, { kid: `unknown-${n}` }) })
    },
  },
]

import { ask } from '../attackers/ask.ts'
import { COSTLY_CLAIMS, COSTLY_POLICIES } from '../world/hostile-policies.ts'
import { turnOf, type Attack } from './attack.ts'

const BROKEN: readonly string[] = [
  ...Array.from({ length: 9 }, (_, n) => `nested-${n}`),
  ...['anchors', 'keys', 'large', 'proto', 'too-many-instructions'],
]

export const HOSTILE_POLICIES: readonly Attack[] = [
  {
    name: 'broken-policies',
    rows: 'R',
    what: 'YAML of 32 KiB that nests to its end, anchors, 2,000 keys, more instructions than allowed',
    perSecond: 20,
    answers: ['POLICY_INVALID'],
    async attempt(arena, n) {
      const bearer = await arena.issuers.sign(arena.issuers.issuerOf('valid', 0))
      return ask(arena, { bearer, identity: turnOf(BROKEN, n) })
    },
  },
  {
    name: 'costly-policies',
    rows: 'R',
    what: 'the most that expressions may cost, against the tokens for which they cost most',
    perSecond: 1,
    atOnce: 2,
    answers: ['POLICY_MISMATCH'],
    async attempt(arena, n) {
      const bearer = await arena.issuers.sign(arena.issuers.issuerOf('valid', 0), COSTLY_CLAIMS)
      return ask(arena, { bearer, identity: `costly-${n % COSTLY_POLICIES}` })
    },
  },
]

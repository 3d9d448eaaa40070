import { ask } from '../attackers/ask.ts'
import { EFFECTS, FAULTY_OPERATIONS } from '../world/faults.ts'
import { faultyOwner, GOOD } from '../world/names.ts'
import { GRANTED, turnOf, type Attack } from './attack.ts'

export const GITHUB_FAULTS: readonly Attack[] = Object.keys(FAULTY_OPERATIONS).map((operation) => ({
  name: `github-faults-${operation}`,
  rows: 'N',
  what: `owners of the attackers for whom GitHub's ${operation} is reset, slow, cut, wrong or limited`,
  perSecond: 20,
  // A grant where the call is only slow, or what is wrong shows nowhere in what is read of the answer.
  answers: [GRANTED, 'UPSTREAM_UNAVAILABLE', 'RATE_LIMITED', 'POLICY_INVALID'],
  async attempt(arena, n) {
    const bearer = await arena.issuers.sign(arena.issuers.issuerOf('valid', 0))
    const scope = `${faultyOwner(operation, turnOf(Object.keys(EFFECTS), n))}/${GOOD.repository}`
    return ask(arena, { bearer, scope })
  },
}))

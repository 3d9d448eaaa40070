import { ask } from '../attackers/ask.ts'
import { GOOD, HOSTILE_OWNER } from '../world/names.ts'
import { turnOf, type Attack } from './attack.ts'

/** What a name is made of that must not get anywhere. */
const BAD_QUERIES: readonly string[] = [
  ...[
    'scope=..&identity=x',
    'scope=acme/..&identity=x',
    'scope=acme/app&identity=../x',
    'scope=acme%2f..%2fx/y&identity=x',
  ],
  ...['scope=acme/app&identity=%2e%2e', 'scope=acme/app&identity=a%5cb', 'scope=acme/app&identity=a%00b'],
  ...[
    'scope=acme/app&identity=foo.sts.yaml?ref=evil%26x=',
    'scope=acme/app&identity=a%0ab',
    'scope=a&scope=b&identity=x',
  ],
  ...[
    'scope=&identity=',
    'identity=x',
    'scope=acme/app',
    'scope=acme/app&identity=x&identity=y',
    'scope=%ff&identity=x',
  ],
  ...[
    `scope=acme/app&identity=${'x'.repeat(10_000)}`,
    'scope=__proto__/constructor/x&identity=x',
    '%',
    '&&&&',
    '=&=',
  ],
]

export const STRANGERS: readonly Attack[] = [
  {
    name: 'absent-things',
    rows: 'Q',
    what: 'identities, repositories and owners that are not there, a new one each time',
    perSecond: 50,
    answers: ['POLICY_NOT_FOUND', 'INSTALLATION_NOT_FOUND', 'RATE_LIMITED'],
    async attempt(arena, n) {
      const bearer = await arena.issuers.sign(arena.issuers.issuerOf('valid', 0))
      const scope = turnOf([`${HOSTILE_OWNER}/app`, `${HOSTILE_OWNER}/nothing-${n}`, `nobody-${n}`], n)
      return ask(arena, { bearer, scope, identity: `nothing-${n}` })
    },
  },
  {
    name: 'foreign-policies',
    rows: 'P',
    what: "the good clients' own policy, asked for with tokens of the attackers' issuer",
    perSecond: 50,
    answers: ['POLICY_MISMATCH'],
    async attempt(arena) {
      const bearer = await arena.issuers.sign(arena.issuers.issuerOf('valid', 0), {
        sub: `repo:${GOOD.owner}/${GOOD.repository}:ref:refs/heads/main`,
        repository_owner: GOOD.owner,
      })
      return ask(arena, { bearer, scope: `${GOOD.owner}/${GOOD.repository}` })
    },
  },
  {
    name: 'bad-names',
    rows: 'P',
    what: 'scopes and identities with dots, escapes, NULs, queries of their own, 10 KB',
    perSecond: 50,
    answers: ['INVALID_REQUEST'],
    async attempt(arena, n) {
      const bearer = await arena.issuers.sign(arena.issuers.issuerOf('valid', 0))
      return ask(arena, { bearer, query: turnOf(BAD_QUERIES, n) })
    },
  },
]

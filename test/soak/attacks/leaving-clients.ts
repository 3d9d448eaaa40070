import { dial } from '../attackers/connection.ts'
import { sleep } from '../pace.ts'
import { faultyOwner, GOOD, HOSTILE_OWNER } from '../world/names.ts'
import { HELD, NOT_CONNECTED, turnOf, type Attack } from './attack.ts'

/** How long they stay, in milliseconds. */
const STAYS: readonly number[] = [0, 1, 5, 20, 100, 500]

/** What they leave in the middle of: reading, matching, a slow mint, an issuer that drips. */
const SCOPES: readonly string[] = [
  `${HOSTILE_OWNER}/${GOOD.repository}`,
  ...['slow', 'hanging', 'lost'].map((effect) => `${faultyOwner('mint', effect)}/${GOOD.repository}`),
  `${faultyOwner('read', 'slow')}/${GOOD.repository}`,
]

export const LEAVING_CLIENTS: readonly Attack[] = [
  {
    name: 'leaving-clients',
    rows: 'G, X',
    what: 'clients that reset their connection in the middle of an exchange, also while GitHub makes the token',
    perSecond: 30,
    answers: ['left'],
    async attempt(arena, n) {
      const issuer = arena.issuers.issuerOf(n % 7 === 0 ? 'drip-body' : 'valid', n % 7 === 0 ? n : 0)
      const bearer = await arena.issuers.sign(issuer)
      const connection = await dial(arena)
      if (connection === undefined) return arena.over.aborted ? HELD : NOT_CONNECTED
      const target = `/sts/exchange?scope=${turnOf(SCOPES, n)}&identity=${GOOD.identity}`
      connection.socket.write(
        `GET ${target} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${bearer}\r\n\r\n`,
      )
      await sleep(turnOf(STAYS, n), arena.over)
      connection.socket.resetAndDestroy()
      await connection.closed
      return 'left'
    },
  },
]

import { ask } from '../attackers/ask.ts'
import { forgeToken } from '../../oidc/support/token.ts'
import { turnOf, type Attack } from './attack.ts'

/** Private addresses, metadata services and this machine, in every spelling that some parser takes. */
const ISSUERS: readonly string[] = [
  ...['https://127.0.0.1', 'https://127.1', 'https://2130706433', 'https://0x7f000001', 'https://0177.0.0.1'],
  ...[
    'https://0x7f.1',
    'https://127.0.0.1.',
    'https://0',
    'https://[::1]',
    'https://[::]',
    'https://[::ffff:7f00:1]',
  ],
  ...[
    'https://[::ffff:127.0.0.1]',
    'https://[64:ff9b::a9fe:a9fe]',
    'https://[fd00:ec2::254]',
    'https://[fe80::1]',
  ],
  ...['https://[2002:7f00:1::]', 'https://[::7f00:1]', 'https://169.254.169.254', 'https://2852039166'],
  ...[
    'https://0xa9fea9fe',
    'https://169.254.43518',
    'https://168.63.129.16',
    'https://10.0.0.1',
    'https://172.16.0.1',
  ],
  ...[
    'https://192.168.0.1',
    'https://100.64.0.1',
    'https://198.18.0.1',
    'https://224.0.0.1',
    'https://255.255.255.255',
  ],
  ...['https://localhost', 'https://localhost.', 'https://a.localhost', 'https://metadata.google.internal'],
  ...['https://METADATA.google.internal.', 'https://kubernetes.default.svc', 'https://x.svc.cluster.local'],
  ...['http://10.0.0.1', 'http://169.254.169.254', 'http://localhost.', 'http://127.1', 'http://2130706433'],
  ...[
    'https://127.0.0.1%2f@example.com',
    'https://exa%6dple.com',
    'https:\\\\127.0.0.1',
    'https://127。0。0。1',
  ],
  ...[
    'https://user@127.0.0.1',
    'https://127.0.0.1?x',
    'https://127.0.0.1#x',
    'file:///etc/passwd',
    'gopher://127.0.0.1',
  ],
  ...[
    'https://127.0.0.1/../x',
    'https://127.0.0.1//x',
    'https://127.0.0.1:99999',
    'https://\t127.0.0.1',
    'https://',
    '',
    ' ',
  ],
]

export const REFUSED_ISSUERS: readonly Attack[] = [
  {
    name: 'private-issuers',
    rows: 'S1-S4',
    what: `${ISSUERS.length} spellings of private, loopback and metadata addresses as issuer`,
    perSecond: 50,
    answers: ['ISSUER_REJECTED', 'ISSUER_INVALID', 'TOKEN_MALFORMED', 'ISSUER_UNREACHABLE', 'TOKEN_INVALID'],
    attempt(arena, n) {
      const iss = turnOf(ISSUERS, n)
      const header = { alg: 'ES256', kid: 'hostile' }
      return ask(arena, { bearer: forgeToken(header, { ...arena.issuers.claims(iss), iss }) })
    },
  },
]

import { ask } from '../attackers/ask.ts'
import { turnOf, type Arena, type Attack } from './attack.ts'

/** An exchange with a token of an issuer that behaves like this; each attempt is another issuer. */
async function askAs(arena: Arena, behaviours: readonly string[], n: number): Promise<string> {
  const issuer = arena.issuers.issuerOf(turnOf(behaviours, n), n)
  return ask(arena, { bearer: await arena.issuers.sign(issuer) })
}

function issuers(
  name: string,
  perSecond: number,
  behaviours: readonly string[],
  answers: readonly string[],
  what: string,
): Attack {
  return { name, rows: 'S', what, perSecond, answers, attempt: (arena, n) => askAs(arena, behaviours, n) }
}

const REJECTED = 'ISSUER_REJECTED'
const UNREACHABLE = 'ISSUER_UNREACHABLE'

/** Issuers whose servers attack whoever fetches from them. */
export const HOSTILE_ISSUERS: readonly Attack[] = [
  issuers(
    'decompression-bombs',
    10,
    ['gzip-bomb', 'br-bomb', 'plain-bomb', 'no-gzip', 'unknown-coding'],
    // Busy with others that drip, the service says that it cannot fetch now.
    [REJECTED, UNREACHABLE],
    'discovery documents of 32 MiB in 32 KB of gzip or brotli',
  ),
  issuers(
    'dripping-issuers',
    20,
    ['drip-body', 'drip-headers', 'mute', 'endless'],
    [UNREACHABLE, REJECTED, 'DEADLINE_EXCEEDED'],
    'documents that come byte by byte, header by header, never, or without end',
  ),
  issuers(
    'lying-lengths',
    20,
    ['longer', 'shorter', 'huge-length', 'garbage', 'reset', '500', '429', 'long-header'],
    [REJECTED, UNREACHABLE],
    'a wrong Content-Length, bytes that are no HTTP, resets, 500, 429',
  ),
  issuers(
    'redirects',
    20,
    [
      ...['to-metadata', 'to-metadata-https', 'to-metadata-name', 'to-private', 'to-ipv6-metadata'],
      ...['to-mapped', 'to-file', 'to-itself', 'keys-private', 'keys-metadata', 'keys-file'],
    ],
    [REJECTED, UNREACHABLE],
    'redirects and key sets at metadata services, private addresses, files, and in circles',
  ),
  issuers(
    'bad-documents',
    20,
    ['other-issuer', 'deep', 'no-json', 'many-keys', 'broken-keys', 'no-keys', 'absent'],
    // Of 500 keys the first 100 count.
    [REJECTED, UNREACHABLE, 'TOKEN_INVALID', 'POLICY_NOT_FOUND'],
    'documents of someone else, nested 50,000 deep, 500 keys, no usable key',
  ),
]

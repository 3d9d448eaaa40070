import { StsError } from '#pkg/errors'
import { isJsonObject, readToken } from '#pkg/jwt'
import type { Claims } from '#pkg/policy'
import type { Terminal } from '../command.ts'
import { readFileBytes } from '../read-file.ts'
import { readTokenOption } from '../token-input.ts'
import { UsageError } from '../usage-error.ts'

/** The largest claims that are read, in bytes: more than a token may have. */
const CLAIMS_MAX_BYTES = 64 * 1024

/** Where the claims come from: a token's file (`-` is standard input), or a file of its claims. */
export interface TokenSource {
  readonly kind: 'token' | 'claims'
  readonly file: string
}

/** The claims of a token, or why it is none; `problem` is for people and never repeats it. */
export type TokenReading =
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly reason: string; readonly problem: string }

/** The reason says which of these it is. */
const PROBLEM = 'this is no JWT in compact form: three parts in base64url, with an algorithm and an issuer'

/**
 * Reads the claims, those of a token as strictly as the service does. Nothing is verified.
 *
 * @throws UsageError for a source that cannot be read, and for claims that are no JSON object; never with what was
 *   typed, which may be a token.
 */
export async function readTokenSource(
  { kind, file }: TokenSource,
  terminal: Terminal,
): Promise<TokenReading> {
  return kind === 'token'
    ? readClaimsOf(await readTokenOption(file, terminal))
    : { ok: true, claims: await readClaims(file) }
}

function readClaimsOf(bearer: string): TokenReading {
  try {
    return { ok: true, claims: readToken(bearer).claims }
  } catch (err) {
    if (err instanceof StsError) return { ok: false, reason: err.reason, problem: PROBLEM }
    throw err
  }
}

async function readClaims(file: string): Promise<Claims> {
  const read = await readFileBytes(file, { maxBytes: CLAIMS_MAX_BYTES + 1, irregular: true })
  if (!read.ok) throw new UsageError(`the file that --claims names cannot be read (${read.problem})`)
  if (read.bytes.length > CLAIMS_MAX_BYTES) {
    throw new UsageError(
      `the claims are larger than those of any token: write ${CLAIMS_MAX_BYTES} bytes at most`,
    )
  }
  const value = parseJson(read.bytes)
  if (isJsonObject(value)) return value
  throw new UsageError(
    'the claims are no JSON object: write {"iss": "...", "sub": "...", "aud": "..."} to the file',
  )
}

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes))
  } catch {
    return undefined
  }
}

import fc from 'fast-check'

const BASE64URL = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function textOf(alphabet: string, size: { minLength: number; maxLength: number }): fc.Arbitrary<string> {
  return fc
    .array(fc.integer({ min: 0, max: alphabet.length - 1 }), size)
    .map((indexes) => indexes.map((index) => alphabet.charAt(index)).join(''))
}

/** A secret in one of its written forms, and the part of it that must not survive anywhere. */
export interface Secret {
  readonly text: string
  readonly core: string
}

const core = textOf(BASE64URL, { minLength: 24, maxLength: 200 })

/** `{"<name>":...` in base64url: what every JWT segment of JSON begins with. */
const jsonSegment = core.map((value) => `eyJ${value}`)

const githubToken = fc
  .tuple(fc.constantFrom('ghp', 'gho', 'ghu', 'ghs', 'ghr', 'ghx'), core)
  .map(([kind, value]) => ({ text: `${kind}_${value}`, core: value }))

const statelessGithubToken = fc
  .tuple(fc.integer({ min: 1, max: 9_999_999 }), jsonSegment, jsonSegment, core)
  .map(([appId, header, payload, signature]) => ({
    text: `ghs_${appId}_${header}.${payload}.${signature}`,
    core: signature,
  }))

const fineGrainedToken = textOf('ABCDEFabcdef0123456789_', { minLength: 22, maxLength: 82 }).map((value) => ({
  text: `github_pat_${value}`,
  core: value,
}))

const jwt = fc.tuple(jsonSegment, jsonSegment, core).map(([header, payload, signature]) => ({
  text: `${header}.${payload}.${signature}`,
  core: signature,
}))

const privateKey = fc
  .tuple(
    fc.constantFrom('', 'RSA ', 'EC ', 'ENCRYPTED ', 'OPENSSH '),
    textOf(`${BASE64URL}+/`, { minLength: 64, maxLength: 400 }),
    fc.constantFrom('\n', '\r\n', '\\n'),
  )
  .map(([kind, body, newline]) => ({
    text: `-----BEGIN ${kind}PRIVATE KEY-----${newline}${body}${newline}-----END ${kind}PRIVATE KEY-----`,
    core: body,
  }))

const bearer = fc.tuple(fc.constantFrom('Bearer', 'BEARER', 'bearer'), core).map(([scheme, value]) => ({
  text: `${scheme} ${value}`,
  core: value,
}))

const urlCredentials = core.map((value) => ({
  text: `redis://user:${value}@store.example:6379/0`,
  core: value,
}))

/** Any secret that a log line must never hold. */
export const secret: fc.Arbitrary<Secret> = fc.oneof(
  githubToken,
  statelessGithubToken,
  fineGrainedToken,
  jwt,
  privateKey,
  bearer,
  urlCredentials,
)

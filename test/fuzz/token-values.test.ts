import assert from 'node:assert/strict'
import { isIPv6 } from 'node:net'
import fc from 'fast-check'
import { checkIssuer, checkAudience, checkSubject, isIdentity, locatePolicy, parseScope } from '#pkg/policy'
import { edited } from './support/edits.ts'
import { fuzz } from './support/fuzz.ts'

const issuerPiece = fc.constantFrom(
  ...[
    'https://',
    'http://',
    'HTTPS://',
    'https:/',
    'https:\\\\',
    'a',
    'A',
    '.',
    '..',
    '/',
    '//',
    '-',
    '_',
    '~',
    ':',
    ':443',
  ],
  ...[
    ':99999',
    '@',
    '?',
    '#',
    '%2e',
    '%',
    ' ',
    '\t',
    '\n',
    '\\',
    '[',
    ']',
    '[::1]',
    '[fe80::1%25a]',
    '127.0.0.1',
    '127.1',
  ],
  ...[
    'localhost',
    'é',
    '。',
    '\u00ad',
    '\ufeff',
    '😀',
    '\ud800',
    'xn--a',
    '0x7f.1',
    '*',
    '&',
    ';',
    '=',
    ',',
    'a'.repeat(140),
  ],
)
const issuer = edited(
  fc.oneof(
    fc.constantFrom(
      'https://issuer.example',
      'https://a.b:8443/x/.well-known/y~z',
      'http://localhost:80/a',
      'https://[::1]/a',
    ),
    fc.array(issuerPiece, { maxLength: 8 }).map((parts) => parts.join('')),
  ),
  issuerPiece,
)

/** The rules for issuers, read off one after the other. */
function isIssuer(value: string, allowLoopback: boolean): boolean {
  const length = Array.from(value).length
  if (length < 1 || length > 255) return false
  const scheme = /^https?:\/\//i.exec(value)?.[0]
  if (scheme === undefined) return false
  const slash = value.indexOf('/', scheme.length)
  const authority = value.slice(scheme.length, slash < 0 ? undefined : slash)
  const path = slash < 0 ? '' : value.slice(slash)
  const [, host = '', port = ''] = /^(.*?)(:\d{1,5})?$/s.exec(authority) ?? []
  const isAddress =
    host.startsWith('[') && host.endsWith(']') && isIPv6(host.slice(1, -1)) && !host.includes('%')
  if (!isAddress && !isAllOf(host, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-'))
    return false
  if (!isAddress && host === '') return false
  if (port !== '' && Number(port.slice(1)) > 65_535) return false
  const isLoopback = ['localhost', '127.0.0.1', '[::1]'].includes(host)
  if (scheme.toLowerCase() === 'http://' && !(allowLoopback && isLoopback)) return false
  if (!isAllOf(path, 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~/-')) return false
  if (['..', '//', '~~'].some((part) => path.includes(part)) || path.endsWith('~')) return false
  if (path.split('/').some((segment) => ['.', '~'].includes(segment) || segment.length > 150)) return false
  return URL.canParse(value)
}

function isAllOf(text: string, characters: string): boolean {
  return Array.from(text).every((character) => characters.includes(character))
}

fuzz('an issuer is taken by the rules, and is the host that is written', 2_000, () =>
  fc.property(issuer, fc.boolean(), (value, allowLoopback) => {
    const { ok } = checkIssuer(value, { allowLoopback })
    assert.equal(ok, isIssuer(value, allowLoopback))
    if (!ok) return
    const { hostname, username, password, search, hash, pathname, protocol } = new URL(value)
    assert.deepEqual([username, password, search, hash], ['', '', '', ''])
    assert.equal(protocol, value.slice(0, value.indexOf(':') + 1).toLowerCase())
    // The one change to a name is its case; addresses have other spellings, which are judged as addresses.
    const written = value
      .split('/')[2]
      ?.replace(/:\d{1,5}$/, '')
      .toLowerCase()
    const isNumeric = /^[0-9.]+$/.test(hostname) || hostname.startsWith('[')
    if (!isNumeric) assert.equal(hostname, written)
    assert.equal(pathname, value.split('/').length > 3 ? `/${value.split('/').slice(3).join('/')}` : '/')
  }),
)

const tokenText = fc.oneof(
  edited(fc.constant('repo:acme/app:ref:refs/heads/main'), fc.string({ unit: 'binary', maxLength: 2 })),
  fc.string({ unit: 'binary', maxLength: 300 }),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: fc.constantFrom('a', ...Array.from('"\'`\\<>;|&$(){}[]@:/ ')), maxLength: 6 }),
)

const PRINTABLE_CATEGORIES = ['L', 'M', 'N', 'P', 'S'].map((name) => new RegExp(`^\\p{${name}}$`, 'u'))

function isTokenText(value: string, forbidden: string): boolean {
  const characters = Array.from(value)
  return (
    characters.length >= 1 &&
    characters.length <= 255 &&
    characters.every(
      (it) => !forbidden.includes(it) && PRINTABLE_CATEGORIES.some((category) => category.test(it)),
    )
  )
}

fuzz('subjects and audiences are taken by the rules, character for character', 2_000, () =>
  fc.property(tokenText, (value) => {
    assert.equal(checkSubject(value).ok, isTokenText(value, '"\'`\\<>;&$(){}[]'))
    assert.equal(checkAudience(value).ok, isTokenText(value, '"\'`\\<>;|&$(){}[]@'))
  }),
)

const nameText = edited(
  fc.constantFrom(
    'acme',
    'acme/app',
    'acme/.github',
    'a'.repeat(100),
    `${'a'.repeat(100)}/${'b'.repeat(100)}`,
    'x'.repeat(128),
  ),
  fc.oneof(
    fc.constantFrom('.', '..', '/', '\\', '%2e', '?ref=x', '\n', '\0', 'é', '-', '_', ' ', '#'),
    fc.string({ maxLength: 3 }),
  ),
)

fuzz('what is read for a scope and an identity is one file of that owner, whatever they are', 2_000, () =>
  fc.property(nameText, nameText, (scopeText, identity) => {
    const scope = parseScope(scopeText)
    const isName = (text: string, max: number): boolean =>
      text.length <= max &&
      /^[A-Za-z0-9._-]+$/.test(text) &&
      !text.endsWith('\n') &&
      text !== '.' &&
      text !== '..'
    const parts = scopeText.split('/')
    assert.equal(scope !== undefined, parts.length <= 2 && parts.every((part) => isName(part, 100)))
    assert.equal(isIdentity(identity), isName(identity, 128))
    if (scope === undefined || !isIdentity(identity)) return
    const location = locatePolicy(scope, identity, '.github')
    assert.equal(location.owner, parts[0])
    assert.equal(location.repository.toLowerCase(), (parts[1] ?? '.github').toLowerCase())
    const url = new URL(
      `https://api.github.com/repos/${location.owner}/${location.repository}/contents/${location.path}`,
    )
    assert.equal(
      url.pathname,
      `/repos/${location.owner}/${location.repository}/contents/.github/chainguard/${identity}.sts.yaml`,
    )
    assert.deepEqual([url.host, url.search, url.hash], ['api.github.com', '', ''])
  }),
)

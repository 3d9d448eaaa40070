/** What the oracle makes of a JSON text: its value, or that it has none or more than one meaning. */
export type StrictJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false }

const REFUSED = Symbol('refused')

/**
 * A reader of JSON by the letter of RFC 8259, which refuses what has no single meaning: bytes that are no UTF-8,
 * a byte order mark, a name twice in one object, lone surrogates. Written for clarity, and sharing nothing with
 * what it is compared to.
 */
export function readJsonStrictly(bytes: Uint8Array): StrictJson {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return { ok: false }
  }
  try {
    return { ok: true, value: readWhole(text) }
  } catch (thrown) {
    if (thrown === REFUSED) return { ok: false }
    throw thrown
  }
}

function readWhole(text: string): unknown {
  let at = 0
  const refuse = (): never => {
    // eslint-disable-next-line @typescript-eslint/only-throw-error -- a private signal of this file
    throw REFUSED
  }
  const match = (pattern: RegExp): string | undefined => {
    pattern.lastIndex = at
    const found = pattern.exec(text)?.[0]
    if (found !== undefined) at += found.length
    return found
  }
  const skipSpace = (): void => void match(/[ \t\n\r]*/y)
  const take = (sign: string): boolean => {
    skipSpace()
    if (!text.startsWith(sign, at)) return false
    at += sign.length
    return true
  }
  const expect = (sign: string): void => {
    if (!take(sign)) refuse()
  }

  function readString(): string {
    expect('"')
    const body = match(/(?:[^"\\\u0000-\u001f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*/y) ?? ''
    if (text[at++] !== '"') refuse()
    const value = body.replace(/\\(u....|.)/g, (_, escape: string) =>
      escape.startsWith('u')
        ? String.fromCharCode(Number.parseInt(escape.slice(1), 16))
        : (ESCAPES[escape] ?? escape),
    )
    if (!value.isWellFormed()) refuse()
    return value
  }
  function readValue(): unknown {
    if (take('{')) {
      const members = new Map<string, unknown>()
      if (take('}')) return {}
      do {
        const name = readString()
        if (members.has(name)) refuse()
        expect(':')
        members.set(name, readValue())
      } while (take(','))
      expect('}')
      return Object.fromEntries(members)
    }
    if (take('[')) {
      const items: unknown[] = []
      if (take(']')) return items
      do items.push(readValue())
      while (take(','))
      expect(']')
      return items
    }
    skipSpace()
    if (text[at] === '"') return readString()
    const word = match(/true|false|null/y)
    if (word !== undefined) return word === 'null' ? null : word === 'true'
    const number = match(/-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y)
    return number === undefined ? refuse() : Number(number)
  }

  const value = readValue()
  skipSpace()
  return at === text.length ? value : refuse()
}

const ESCAPES: Readonly<Record<string, string>> = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t' }

/** How many objects and arrays are inside one another. */
export function depthOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 0
  return 1 + Math.max(0, ...Object.values(value).map(depthOf))
}

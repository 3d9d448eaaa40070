import type { CST } from 'yaml'
import { parserMessage } from './quotation.ts'

/** What in the tokens makes a document invalid, and where. */
export interface TokenProblem {
  readonly code: string
  readonly message: string
  readonly offset: number
}

/** What is wrong with one token, its parts apart. `text` is that of the document. */
export function problemOfToken(token: CST.Token, text: string): TokenProblem | undefined {
  const misplaced = findMisplaced(token)
  if (misplaced !== undefined) {
    return { code: 'yaml_syntax', message: 'unexpected text', offset: misplaced.offset }
  }
  const { offset } = token
  switch (token.type) {
    case 'error':
      return { code: 'yaml_syntax', message: parserMessage(token.message), offset }
    case 'anchor':
      return { code: 'anchor', message: 'YAML anchors (&) are not allowed', offset }
    case 'alias':
      return {
        code: 'alias',
        message: 'YAML aliases (*) are not allowed; quote a value that begins with *',
        offset,
      }
    case 'tag':
      return {
        code: 'tag',
        message: 'YAML tags (!) are not allowed; quote a value that begins with !',
        offset,
      }
    case 'single-quoted-scalar':
      return problemOfSingleQuoted(token)
    case 'double-quoted-scalar':
      return problemOfDoubleQuoted(token)
    case 'block-scalar':
      return problemOfBlockScalar(token, text)
    case 'block-map':
      return problemOfKeys(token)
    case 'flow-collection':
      return problemOfFlowItems(token)
    default:
      return undefined
  }
}

const TRIVIA: ReadonlySet<CST.TokenType> = new Set(['space', 'comment', 'newline'])

/**
 * What stands behind a value on its line, or an indicator that is there twice. The parser reports each of thousands
 * with an error of its own.
 */
function findMisplaced(token: CST.Token): CST.Token | undefined {
  if ('items' in token) {
    for (const { start, sep = [] } of token.items) {
      const repeated = findRepeated(start) ?? findRepeated(sep)
      if (repeated !== undefined) return repeated
    }
  }
  const behind = 'end' in token ? (token.end ?? []) : []
  // The bracket that closes a flow collection comes first.
  return behind.slice(token.type === 'flow-collection' ? 1 : 0).find(({ type }) => !TRIVIA.has(type))
}

function findRepeated(parts: readonly CST.SourceToken[]): CST.SourceToken | undefined {
  const seen = new Set<CST.TokenType>()
  for (const part of parts) {
    if (TRIVIA.has(part.type)) continue
    if (seen.has(part.type)) return part
    seen.add(part.type)
  }
  return undefined
}

// The YAML parser is more lenient than octo-sts's, and in the cases below more lenient than YAML: it would read
// what octo-sts refuses, or something else than octo-sts does.

const SINGLE_QUOTED = /^'(?:[^']|'')*'$/
const DOUBLE_QUOTED = /^"(?:[^"\\]|\\[^])*"$/

/** A text that is cut by a line of too little indentation, and closed only by an escaped quote. */
function problemOfSingleQuoted({ source, offset }: CST.FlowScalar): TokenProblem | undefined {
  return SINGLE_QUOTED.test(source) ? undefined : unclosed(offset)
}

const ESCAPE = /\\(?:u(?<short>[0-9a-fA-F]{4})|U(?<long>[0-9a-fA-F]{8})|\n(?<blank>[ \t]*\n)|[^])/g

/**
 * As for single quotes; and the escapes `\/` and of code points that are no characters. And a line break that is
 * escaped before a blank line, of which the parser makes a space, where a line feed is right (YAML 1.2, 7.3.1).
 */
function problemOfDoubleQuoted({ source, offset }: CST.FlowScalar): TokenProblem | undefined {
  if (!DOUBLE_QUOTED.test(source)) return unclosed(offset)
  for (const match of source.matchAll(ESCAPE)) {
    const hexadecimal = match.groups?.['short'] ?? match.groups?.['long']
    const codePoint = hexadecimal === undefined ? 0 : Number.parseInt(hexadecimal, 16)
    const isCharacter = codePoint <= 0x10ffff && (codePoint < 0xd800 || codePoint > 0xdfff)
    if (match[0] === '\\/' || match.groups?.['blank'] !== undefined || !isCharacter) {
      const message = `the escape ${match[0].trimEnd()} is not allowed here`
      return { code: 'escape_not_allowed', message, offset: offset + match.index }
    }
  }
  return undefined
}

/** Blank lines that are indented further than the text: spaces of the text, which the parser drops. */
function problemOfBlockScalar(token: CST.BlockScalar, text: string): TokenProblem | undefined {
  const header = token.props.find((prop) => prop.type === 'block-scalar-header')
  if (header === undefined || !('source' in header)) return undefined
  const start = token.props.reduce(
    (at, prop) => at + ('source' in prop ? prop.source.length : 0),
    token.offset,
  )
  const end = start + token.source.length
  const { source } = token
  const hasIndentation = /[1-9]/.test(header.source)
  const dropsSpaces = header.source.includes('+')
    ? /(?:^|\n) +$/.test(source) || (hasIndentation && source.includes(' ') && !/[^ \n]/.test(source))
    : /(?:^|\n) +\n?$/.test(source) ||
      // With an indentation of its own choice, the lines that the lexer has left out may be of the text too.
      (hasIndentation && /^\n* +(?:\n|$)/.test(text.slice(end)))
  if (!dropsSpaces) return undefined
  const message = 'the block ends with a line of spaces, which octo-sts reads as text'
  return { code: 'trailing_spaces', message, offset: end }
}

/** A `?` at the start of plain text in brackets, where it is the sign of a key to octo-sts (YAML 1.1). */
function problemOfFlowItems(token: CST.FlowCollection): TokenProblem | undefined {
  for (const { key, value } of token.items) {
    const marked = [key, value].find((part) => part?.type === 'scalar' && part.source.startsWith('?'))
    if (marked === null || marked === undefined) continue
    const message = 'quote this: in brackets, octo-sts does not read the ? as text'
    return { code: 'ambiguous_value', message, offset: marked.offset }
  }
  return undefined
}

/** A key without `?` whose `:` is on another line. */
function problemOfKeys(token: CST.BlockMap): TokenProblem | undefined {
  for (const { start, sep = [] } of token.items) {
    const colon = sep.findIndex((part) => part.type === 'map-value-ind')
    const lineBreak = sep.findIndex((part) => part.type === 'newline')
    const isExplicit = start.some((part) => part.type === 'explicit-key-ind')
    if (!isExplicit && lineBreak !== -1 && lineBreak < colon) {
      const offset = sep[colon]?.offset ?? token.offset
      return { code: 'yaml_syntax', message: 'the : is not on the line of its key', offset }
    }
  }
  return undefined
}

function unclosed(offset: number): TokenProblem {
  return { code: 'yaml_syntax', message: 'the closing quote is missing', offset }
}

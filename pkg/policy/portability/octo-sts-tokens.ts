import { CST, Lexer, Parser } from 'yaml'
import type { DocumentText } from '../document/document-text.ts'
import { NESTING_MAX_LEVELS } from '../document/nesting.ts'
import { problemOfToken, type TokenProblem } from '../document/token-problem.ts'
import type { OctoStsStop } from './octo-sts-stop.ts'
import { createTabCheck } from './octo-sts-tabs.ts'

/** The tokens of the first YAML document, which is all that octo-sts reads. */
export type OctoStsTokens =
  | { readonly kind: 'tokens'; readonly root: CST.Document; readonly directives: readonly string[] }
  | OctoStsStop

/** The parser has at most the document and a scalar open beside the collections. */
const PARSER_STACK_MAX = NESTING_MAX_LEVELS + 2
/** More keys than a policy may have here: beyond, nothing is composed. */
const KEYS_MAX = 200
const TRIVIA: ReadonlySet<string | null> = new Set(['space', 'comment', 'newline'])
const MARKERS: ReadonlySet<string | null> = new Set(['doc-start', 'doc-end'])
/** The constructs that octo-sts reads, and that are refused here. */
const CONSTRUCTS: ReadonlySet<string> = new Set(['anchor', 'alias', 'tag'])

/** Parses the tokens of a document within its limits, as far as octo-sts parses it. */
export function readOctoStsTokens({ text }: DocumentText): OctoStsTokens {
  const parser = new Parser()
  const checkTabs = createTabCheck()
  const directives: string[] = []
  let root: CST.Document | undefined
  let stop: OctoStsStop | undefined
  let isScalar = false
  const take = (token: CST.Token): void => {
    if (token.type === 'directive') directives.push(token.source)
    if (token.type === 'document') root ??= token
    // What follows a document without a marker comes in the same breath as its end.
    if (token.type === 'error') stop ??= stopAtSyntax(token.offset, root?.value ?? openValue(parser))
    if (token.type === 'byte-order-mark') stop ??= { kind: 'unknown', offset: token.offset }
  }
  for (const lexeme of new Lexer().lex(text)) {
    stop ??= checkTabs(lexeme, parser.offset)
    if (!isScalar && isCut(lexeme, text, parser.offset)) stop ??= { kind: 'unknown', offset: parser.offset }
    isScalar = lexeme === CST.SCALAR
    // octo-sts looks for the token behind the document, and no further.
    if (root !== undefined && !TRIVIA.has(CST.tokenType(lexeme))) break
    for (const token of parser.next(lexeme)) take(token)
    if (stop !== undefined || (root !== undefined && MARKERS.has(CST.tokenType(lexeme)))) break
    if (parser.stack.length > PARSER_STACK_MAX) return { kind: 'unknown', offset: parser.offset }
  }
  if (root === undefined && stop === undefined) for (const token of parser.end()) take(token)
  if (stop !== undefined) return stop
  // Without a document there is no issuer.
  if (root === undefined) return { kind: 'rejects', offset: 0 }
  return findStop(root, text) ?? { kind: 'tokens', root, directives }
}

/** The value of the document that the parser is at, as far as it has come. */
function openValue({ stack: [document, value] }: Parser): CST.Token | undefined {
  return document?.type === 'document' ? (document.value ?? value) : undefined
}

/** A document that brackets or spaces begin may end for octo-sts before the problem, and it does not read on. */
function stopAtSyntax(offset: number, value: CST.Token | undefined): OctoStsStop {
  return { kind: isReadToItsEnd(value) ? 'rejects' : 'unknown', offset }
}

/** Whether octo-sts reads a document of this value to its end: a map that text begins, in the first column. */
export function isReadToItsEnd(value: CST.Token | undefined): boolean {
  if (value?.type !== 'block-map') return false
  return value.indent === 0 && value.items[0]?.key?.type !== 'flow-collection'
}

/** Where the reading of a tree of tokens ends early, if it does. */
function findStop(root: CST.Document, text: string): OctoStsStop | undefined {
  let keys = 0
  let stop: OctoStsStop | undefined
  CST.visit(root, (item) => {
    if (item.sep !== undefined) keys += 1
    for (const token of [item.key, item.value]) stop ??= stopAt(token, root, text)
    if (keys > KEYS_MAX) stop ??= { kind: 'unknown', offset: item.key?.offset ?? root.offset }
    return stop === undefined ? undefined : CST.visit.BREAK
  })
  return stop ?? stopAt(root, root, text)
}

function stopAt(
  token: CST.Token | null | undefined,
  root: CST.Document,
  text: string,
): OctoStsStop | undefined {
  if (token === null || token === undefined) return undefined
  const stop =
    token.type === 'flow-collection'
      ? (findSign(token, text) ?? findKey(token, text))
      : token.type === 'block-scalar'
        ? findLeadingTab(token)
        : undefined
  if (stop !== undefined) return stop
  const problem = problemOfToken(token, text)
  if (problem === undefined || CONSTRUCTS.has(problem.code)) return undefined
  return isTelling(problem, text)
    ? stopAtSyntax(problem.offset, root.value)
    : { kind: 'unknown', offset: problem.offset }
}

/** Whether octo-sts's parser was seen to refuse such a problem every time. */
function isTelling({ code, offset }: TokenProblem, text: string): boolean {
  // A line break that is escaped is taken there, whatever follows.
  return code === 'yaml_syntax' || (code === 'escape_not_allowed' && text.charAt(offset + 1) !== '\n')
}

const QUOTED = /^(?:'(?:[^']|'')*'|"(?:[^"\\]|\\[^])*")/

/** Quotes and brackets end here at a line without indentation, and there at the other quote or bracket. */
function isCut(lexeme: string, text: string, offset: number): boolean {
  if (lexeme === CST.FLOW_END) return /[\]}]/.test(text.slice(offset))
  const quotation = /^['"]/.test(lexeme) ? QUOTED.exec(text.slice(offset)) : null
  return quotation !== null && quotation[0].length > lexeme.length
}

/**
 * Plain text in brackets cannot begin with `:` there, and ends at any `?`, which is the sign of a key and then in no
 * place for one. Only in front of the text it may be in its place. And a tag ends at white space alone.
 */
function findSign(collection: CST.FlowCollection, text: string): OctoStsStop | undefined {
  for (const { start, key, sep = [], value } of collection.items) {
    for (const { type, offset, source } of [...start, ...sep]) {
      const behind = text.charAt(offset + source.length)
      if (type === 'tag' && behind.trim() !== '') return { kind: 'unknown', offset }
    }
    for (const token of [key, value]) {
      if (token?.type !== 'scalar') continue
      const { offset, source } = token
      if (source.startsWith('?')) return { kind: 'unknown', offset }
      if (source.startsWith(':') || source.includes('?')) {
        return { kind: 'rejects', offset, code: 'octo_sts_sign_in_brackets' }
      }
    }
  }
  return undefined
}

/** A key in brackets has to end with its `:`, on one line and within so many characters. */
const KEY_MAX_CHARACTERS = 1_024

function findKey(collection: CST.FlowCollection, text: string): OctoStsStop | undefined {
  for (const { start, key, sep = [] } of collection.items) {
    const colon = sep.find(({ type }) => type === 'map-value-ind')
    if (colon === undefined) continue
    const offset = key?.offset ?? colon.offset
    // Without a space, it is part of a text without quotes, which the next bracket or comma ends.
    const behind = text.charAt(colon.offset + 1)
    if (key?.type === 'scalar' && /[[\]{},]/.test(behind)) {
      return { kind: /[[{]/.test(behind) ? 'rejects' : 'unknown', offset, code: 'octo_sts_sign_in_brackets' }
    }
    const isMarked = start.some(({ type }) => type === 'explicit-key-ind')
    const isLong =
      colon.offset - offset > KEY_MAX_CHARACTERS || text.slice(offset, colon.offset).includes('\n')
    if (isLong && !isMarked) return { kind: 'rejects', offset, code: 'octo_sts_long_key' }
  }
  return undefined
}

/** In front of the first text of a block, whose indentation it is to find out, a tab is refused there. */
function findLeadingTab({ offset, props, source }: CST.BlockScalar): OctoStsStop | undefined {
  const header = props.find(({ type }) => type === 'block-scalar-header')
  const hasIndentation = header !== undefined && 'source' in header && /[1-9]/.test(header.source)
  if (hasIndentation || !/^(?: *\n)* *\t/.test(source)) return undefined
  return { kind: 'rejects', offset, code: 'octo_sts_tab' }
}

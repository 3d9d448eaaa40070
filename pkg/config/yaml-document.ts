import {
  Composer,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  LineCounter,
  Parser,
  type CST,
  type ParsedNode,
} from 'yaml'

/** A document as plain values. Every scalar is text, but what YAML calls null, and the empty text: these are undefined. */
export interface YamlDocument {
  readonly value: unknown
  /** The line of what is at `path`, or of the nearest thing around it; counted from 1. */
  lineOf(path: readonly PropertyKey[]): number
}

export type YamlDocumentResult =
  | { readonly ok: true; readonly document: YamlDocument }
  /** Quotes nothing of the text: it may hold keys. */
  | { readonly ok: false; readonly line: number; readonly problem: string }

/** Collections that may be open at once. A deeper document would end the process from inside the parser. */
const NESTING_MAX_LEVELS = 16
/** The parser has the document and a scalar open beside them. */
const PARSER_STACK_MAX = NESTING_MAX_LEVELS + 2

const NULL = /^(?:~|null|Null|NULL)?$/

/**
 * Reads the one YAML document of a configuration file. Refuses what such a file does not need: a second document,
 * aliases, tags, keys that are no text or are there twice.
 */
export function readYamlDocument(text: string): YamlDocumentResult {
  const lines = new LineCounter()
  lines.addNewLine(0)
  const refused = (offset: number, problem: string): YamlDocumentResult => {
    return { ok: false, line: Math.max(1, lines.linePos(offset).line), problem }
  }
  const tokens: CST.Token[] = []
  const parser = new Parser(lines.addNewLine)
  for (const token of parse(parser, text)) {
    if (token === 'too_deep')
      return refused(parser.offset, `nested more than ${NESTING_MAX_LEVELS} levels deep`)
    // The composer takes very long over a text that is full of errors.
    if (token.type === 'error') return refused(token.offset, 'it is not YAML')
    tokens.push(token)
  }
  const options = { prettyErrors: false, schema: 'failsafe', uniqueKeys: false, merge: false } as const
  const [document, second] = new Composer(options).compose(tokens, true, text.length)
  if (document === undefined) return refused(0, 'it has no document')
  if (second !== undefined) return refused(second.range[0], 'it has a second document')
  const [error] = [...document.errors, ...document.warnings]
  if (error !== undefined) return refused(error.pos[0], `it is not YAML (${error.code})`)
  const findings: Finding[] = []
  const value = toValue(document.contents, findings)
  const [finding] = findings
  if (finding !== undefined) return refused(finding.offset, finding.problem)
  return {
    ok: true,
    document: { value, lineOf: (path) => lines.linePos(offsetOf(document.contents, path)).line },
  }
}

function* parse(parser: Parser, text: string): Generator<CST.Token | 'too_deep'> {
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    if (parser.stack.length > PARSER_STACK_MAX) {
      yield 'too_deep'
      return
    }
  }
  yield* parser.end()
}

interface Finding {
  readonly offset: number
  readonly problem: string
}

/** Recursive: the parser has stopped before it was too deep. */
function toValue(node: ParsedNode | null, findings: Finding[]): unknown {
  if (node === null) return undefined
  if (isAlias(node)) {
    findings.push({ offset: node.range[0], problem: 'aliases (*name) are not read' })
    return undefined
  }
  if (node.tag !== undefined) {
    findings.push({ offset: node.range[0], problem: 'tags (!name) are not read' })
    return undefined
  }
  if (isSeq<ParsedNode | null>(node)) return node.items.map((item) => toValue(item, findings))
  if (isMap<ParsedNode | null, ParsedNode | null>(node)) return toRecord(node.items, findings)
  return textOf(node)
}

interface ParsedPair {
  readonly key: ParsedNode | null
  readonly value: ParsedNode | null
}

function toRecord(pairs: readonly ParsedPair[], findings: Finding[]): unknown {
  const entries = new Map<string, unknown>()
  for (const { key, value } of pairs) {
    const name = textOf(key)
    if (name === undefined) findings.push({ offset: offsetOf(key ?? value, []), problem: 'a key is no text' })
    else if (entries.has(name)) findings.push({ offset: offsetOf(key, []), problem: 'a key is there twice' })
    else entries.set(name, toValue(value, findings))
  }
  return Object.fromEntries(entries)
}

/** Undefined for what is nothing, and for what is no scalar. */
function textOf(node: ParsedNode | null): string | undefined {
  if (!isScalar(node) || typeof node.value !== 'string') return undefined
  const isNull = node.type === 'PLAIN' && NULL.test(node.value)
  return isNull || node.value === '' ? undefined : node.value
}

function offsetOf(node: ParsedNode | null, path: readonly PropertyKey[]): number {
  const start = node?.range[0] ?? 0
  const [step, ...rest] = path
  if (isSeq<ParsedNode | null>(node) && typeof step === 'number') {
    const item = node.items[step]
    return item ? offsetOf(item, rest) : start
  }
  if (!isMap<ParsedNode | null, ParsedNode | null>(node)) return start
  const pair = node.items.find(({ key }) => textOf(key) === step)
  if (pair === undefined) return start
  // The key stands where people look: a block scalar begins a line later.
  return rest.length === 0 ? offsetOf(pair.key, []) : offsetOf(pair.value ?? pair.key, rest)
}

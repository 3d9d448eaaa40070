import { Lexer, Parser, type CST } from 'yaml'
import type { DocumentText } from './document-text.ts'
import { NESTING_MAX_LEVELS, TOO_DEEP } from './nesting.ts'
import { parserMessage } from './quotation.ts'
import type { TokenProblem } from './token-problem.ts'
import { findProblem } from './token-tree.ts'

/** The parser has at most the document and a scalar open beside the collections. */
const PARSER_STACK_MAX = NESTING_MAX_LEVELS + 2

export type TokensResult =
  { readonly ok: true; readonly root: CST.Document } | { readonly ok: false; readonly problem: TokenProblem }

/**
 * Parses a document into the tokens of its one YAML document, and refuses every construct that a policy does
 * not need: directives, anchors, aliases, tags, a second document.
 *
 * Stops at the first problem, at the 201st key, and where the parser nests deeper than the check of the text
 * let through; so that the cost of what follows is bounded.
 */
export function readTokens({ text }: DocumentText): TokensResult {
  let root: CST.Document | undefined
  for (const token of parse(text)) {
    switch (token.type) {
      case 'too_deep':
        return { ok: false, problem: { ...TOO_DEEP, offset: token.offset } }
      case 'error':
        return refused('yaml_syntax', parserMessage(token.message), token.offset)
      case 'document':
        if (root !== undefined) {
          return refused('multiple_documents', 'the file has more than one YAML document', token.offset)
        }
        root = token
        break
      case 'directive':
        return refused('directive', 'YAML directives are not allowed', token.offset)
      case 'byte-order-mark':
        return refused('character_not_allowed', 'a byte order mark inside the file', token.offset)
      default:
    }
  }
  if (root === undefined) return refused('wrong_type', 'the file is empty', 0)
  const problem = findProblem(root, text)
  return problem === undefined ? { ok: true, root } : { ok: false, problem }
}

function refused(code: string, message: string, offset: number): TokensResult {
  return { ok: false, problem: { code, message, offset } }
}

/** Where the parser has more open than a document may nest. */
interface TooDeep {
  readonly type: 'too_deep'
  readonly offset: number
}

function* parse(text: string): Generator<CST.Token | TooDeep> {
  const parser = new Parser()
  for (const lexeme of new Lexer().lex(text)) {
    yield* parser.next(lexeme)
    if (parser.stack.length > PARSER_STACK_MAX) {
      yield { type: 'too_deep', offset: parser.offset }
      return
    }
  }
  yield* parser.end()
}

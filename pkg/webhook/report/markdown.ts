import type { PowerText } from '#pkg/policy'
import { cutText, nameOf, showAll } from './visible-text.ts'

/** Characters of one value in a summary. */
const VALUE_MAX_CHARACTERS = 200

/** Characters of one line in a block of code. */
const LINE_MAX_CHARACTERS = 300

/** Values of one text; the others are counted. */
const VALUES_MAX = 20

/** Nobody sees it at the end of code, and some of them are cut off. https://spec.commonmark.org/0.31.2/#code-spans */
const EDGE_SPACE = /^ | $/g

/**
 * A value as code: GitHub makes no mention, link, image, emoji or HTML of anything in it. Character references in an
 * element of HTML would not do: links are looked for in what they stand for.
 */
export function codeSpan(value: string): string {
  if (value === '') return 'an empty text'
  return `\`${cutText(showInCode(value), VALUE_MAX_CHARACTERS).replace(EDGE_SPACE, nameOf)}\``
}

/** Lines as a block of code, which no line can end. */
export function codeBlock(lines: readonly string[]): string {
  const shown = lines.map((line) => cutText(showInCode(line), LINE_MAX_CHARACTERS))
  return ['```text', ...shown, '```'].join('\n')
}

/** What a policy gives, in words of ours and values of its author. */
export function powerText(text: PowerText): string {
  const values = text.flatMap((part, at) => (typeof part === 'string' ? [] : [at]))
  const end = values[VALUES_MAX - 1]
  if (end === undefined || values.length === VALUES_MAX) return joinParts(text)
  return `${joinParts(text.slice(0, end + 1))} and ${values.length - VALUES_MAX} more`
}

/** A row of cells that hold nothing but words of ours and code spans. */
export function tableRow(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replace(BAR, escapeBar)).join(' | ')} |`
}

/** A bar ends a cell, in code too, unless a backslash is before it. https://github.github.com/gfm/#tables-extension- */
const BAR = /(\\?)\|/g

/** Parsers differ in whether two backslashes escape a bar. */
function escapeBar(_: string, backslash: string): string {
  return backslash === '' ? '\\|' : backslash + nameOf('|')
}

function joinParts(text: PowerText): string {
  return text.map((part) => (typeof part === 'string' ? part : codeSpan(part.code))).join('')
}

/** The one character that ends code is named, too: how many of them a longer fence may have differs between parsers. */
function showInCode(text: string): string {
  return showAll(text).replaceAll('`', nameOf)
}

import ts from 'typescript'
import { isGenerated, rankOf, type Sources } from './imports.ts'

/** No file is longer. */
const FILE_MAX_LINES = 400

const VAGUE_NAME = /(?:^|-)(?:utils?|helpers?|managers?|misc)(?:[-.]|$)/

/** Globals that only Node has, or that make a pure function depend on the hour. */
const POLICY_GLOBALS: ReadonlySet<string> = new Set([
  'Buffer',
  'process',
  'Date',
  'performance',
  'setTimeout',
])

/** What is wrong with single files and folders: length, names, default exports, ambient state, missing index. */
export function fileViolations(sources: Sources): readonly string[] {
  const violations: string[] = []
  for (const [path, text] of sources) {
    if (isGenerated(path)) continue
    for (const problem of [...nameProblems(path), ...textProblems(path, text)]) {
      violations.push(`${path}: ${problem}`)
    }
  }
  for (const area of areasOf(sources)) {
    if (rankOf(area) < 0) violations.push(`pkg/${area}: has no place in the order of areas`)
    if (!sources.has(`pkg/${area}/index.ts`)) violations.push(`pkg/${area}: has no index.ts`)
  }
  return violations
}

function areasOf(sources: Sources): ReadonlySet<string> {
  const areas = new Set<string>()
  for (const path of sources.keys()) {
    const area = /^pkg\/([^/]+)\//.exec(path)?.[1]
    if (area !== undefined) areas.add(area)
  }
  return areas
}

function nameProblems(path: string): readonly string[] {
  return path.split('/').some((part) => VAGUE_NAME.test(part)) ? ['is named after nothing in particular'] : []
}

function textProblems(path: string, text: string): readonly string[] {
  const problems: string[] = []
  const lines = text.split('\n').length - (text.endsWith('\n') ? 1 : 0)
  if (lines > FILE_MAX_LINES) problems.push(`has ${lines} lines, more than ${FILE_MAX_LINES}`)
  if (path.endsWith('.ts') && /^(?:cmd|pkg|emulator)\//.test(path)) {
    const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
    problems.push(...syntaxProblems(path, source))
  }
  return problems
}

function syntaxProblems(path: string, source: ts.SourceFile): readonly string[] {
  const problems = new Set<string>()
  const visit = (node: ts.Node): void => {
    if (isDefaultExport(node)) problems.add('has a default export')
    if (path.startsWith('pkg/') && readsEnvironment(node)) problems.add('reads process.env')
    if (path.startsWith('pkg/policy/') && isForeignGlobal(node)) problems.add(`uses ${node.getText(source)}`)
    ts.forEachChild(node, visit)
  }
  visit(source)
  return [...problems]
}

function isDefaultExport(node: ts.Node): boolean {
  if (ts.isExportAssignment(node)) return true
  if (ts.isExportSpecifier(node)) return node.name.text === 'default'
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node)?.some(({ kind }) => kind === ts.SyntaxKind.DefaultKeyword) ?? false)
  )
}

/** `process.env`, `process['env']`, `{ env } = process`, and `env` or all of `node:process` imported. */
function readsEnvironment(node: ts.Node): boolean {
  if (ts.isImportDeclaration(node) && ts.isStringLiteral(node.moduleSpecifier)) {
    return /^(?:node:)?process$/.test(node.moduleSpecifier.text)
  }
  if (ts.isPropertyAccessExpression(node)) return isProcess(node.expression) && node.name.text === 'env'
  if (ts.isElementAccessExpression(node)) return isProcess(node.expression)
  if (ts.isVariableDeclaration(node)) return node.initializer !== undefined && isProcess(node.initializer)
  return false
}

function isProcess(expression: ts.Expression): boolean {
  if (ts.isPropertyAccessExpression(expression)) return expression.getText() === 'globalThis.process'
  return ts.isIdentifier(expression) && expression.text === 'process'
}

function isForeignGlobal(node: ts.Node): boolean {
  if (!ts.isIdentifier(node) || !POLICY_GLOBALS.has(node.text)) return false
  const { parent } = node
  const isMemberName =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node) ||
    (ts.isPropertySignature(parent) && parent.name === node)
  return !isMemberName
}

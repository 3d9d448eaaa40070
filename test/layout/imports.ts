import { posix } from 'node:path'
import ts from 'typescript'

/** The files of the project: path from its root, with `/`, to text. */
export type Sources = ReadonlyMap<string, string>

/**
 * The areas of `pkg/` by the order in which they may import each other: only from a row above.
 * Areas of one row do not know each other.
 */
const ORDER: readonly (readonly string[])[] = [
  ['errors'],
  ['wire', 'jwt'],
  ['policy'],
  ['config'],
  ['store'],
  ['cloud'],
  ['signer'],
  ['google', 'telemetry'],
  ['oidc', 'github', 'audit', 'secrets'],
  ['exchange', 'webhook', 'client'],
  ['prober'],
  ['transport'],
]

/** What the policy language may import besides its own files: a web page will run it. */
const POLICY_IMPORTS: ReadonlySet<string> = new Set(['#pkg/errors', 'yaml', 're2js'])

/** Written by a generator, which imports in circles and knows nothing of these rules. */
export function isGenerated(path: string): boolean {
  return path.startsWith('pkg/wire/generated/')
}

/** The module specifiers of `text`, those of types and of `import()` included. */
export function importsOf(text: string): readonly string[] {
  return ts.preProcessFile(text, true, true).importedFiles.map((file) => file.fileName)
}

/** Every import that points up, sideways or past an `index.ts`. */
export function forbiddenImports(sources: Sources): readonly string[] {
  const violations: string[] = []
  for (const [path, text] of sources) {
    if (!/^(?:cmd|pkg|emulator)\//.test(path)) continue
    for (const specifier of importsOf(text)) {
      const problem = importProblem(path, specifier)
      if (problem !== undefined) violations.push(`${path}: imports ${specifier}: ${problem}`)
    }
  }
  return violations
}

function importProblem(path: string, specifier: string): string | undefined {
  const [floor = '', area = ''] = path.split('/')
  if (specifier.startsWith('#')) return aliasProblem(floor, area, specifier)
  if (specifier.startsWith('.'))
    return relativeProblem(floor, area, posix.join(posix.dirname(path), specifier))
  if (floor === 'pkg' && area === 'policy' && !POLICY_IMPORTS.has(specifier)) {
    return 'the policy language runs without Node and imports only yaml and re2js'
  }
  return undefined
}

function aliasProblem(floor: string, area: string, specifier: string): string | undefined {
  const target = /^#pkg\/([^/]+)$/.exec(specifier)?.[1]
  if (target === undefined) return 'an area is imported through its index.ts'
  if (rankOf(target) < 0) return 'no such area'
  if (floor === 'emulator') return 'the emulator knows nothing of pkg'
  if (floor === 'pkg' && rankOf(target) >= rankOf(area)) return `${target} does not stand before ${area}`
  return undefined
}

function relativeProblem(floor: string, area: string, target: string): string | undefined {
  const [targetFloor, targetArea] = target.split('/')
  if (floor === 'cmd') {
    return targetFloor === 'pkg' ? 'an area is imported through its index.ts' : undefined
  }
  if (targetFloor !== floor) return `${floor} imports nothing of ${targetFloor ?? ''}`
  return floor === 'pkg' && targetArea !== area ? 'an area is imported through its index.ts' : undefined
}

/** The place of an area in {@link ORDER}; -1 when it has none. */
export function rankOf(area: string): number {
  return ORDER.findIndex((areas) => areas.includes(area))
}

/** Files that import each other in a circle, one line for each circle that a walk meets. */
export function importCycles(sources: Sources): readonly string[] {
  const cycles: string[] = []
  const done = new Set<string>()
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path)
    if (start >= 0) {
      cycles.push([...trail.slice(start), path].join(' -> '))
      return
    }
    if (done.has(path)) return
    for (const specifier of importsOf(sources.get(path) ?? '')) {
      if (!specifier.startsWith('.')) continue
      const target = posix.join(posix.dirname(path), specifier)
      if (sources.has(target) && !isGenerated(target)) visit(target, [...trail, path])
    }
    done.add(path)
  }
  for (const path of sources.keys()) visit(path, [])
  return cycles
}

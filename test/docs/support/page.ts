import { readdirSync, readFileSync } from 'node:fs'

const ROOT = new URL('../../../', import.meta.url)

/** A fenced block of a page. */
export interface Fence {
  /** What follows the opening fence, such as `json`. */
  readonly info: string
  /** Its lines, each with its end. */
  readonly text: string
}

/** The text of a file, by its path from the root of the project. */
export function readPage(path: string): string {
  return readFileSync(new URL(path, ROOT), 'utf8')
}

/** The pages for people: those of `docs/`, those of the modules and the chart, and the ones that GitHub shows by itself. */
export function pagePaths(): readonly string[] {
  const docs = readdirSync(new URL('docs/', ROOT), { recursive: true, encoding: 'utf8' })
  const pages = docs
    .map((name) => `docs/${name.replaceAll('\\', '/')}`)
    .filter((name) => name.endsWith('.md'))
  return [
    'README.md',
    'CONTRIBUTING.md',
    'SECURITY.md',
    'iac/README.md',
    'iac/helm/github-sts/README.md',
    ...pages.sort(),
  ]
}

const FENCE = /^( *)(`{3,}|~{3,})(.*)\n([^]*?)^\1\2 *$/gm

/** The fenced blocks of a page, in order. */
export function fencesOf(page: string): readonly Fence[] {
  return Array.from(page.matchAll(FENCE), ([, , , info = '', text = '']) => ({ info: info.trim(), text }))
}

/** A page without its fenced blocks. */
export function proseOf(page: string): string {
  return page.replace(FENCE, '')
}

/** The code spans of a page that have no line break. */
export function codeSpansOf(page: string): readonly string[] {
  return Array.from(proseOf(page).matchAll(/`([^`\n]+)`/g), ([, code = '']) => code)
}

/** Where the links and images of a page lead, as written: inline ones and definitions. */
export function linksOf(page: string): readonly string[] {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, 'code')
  const inline = Array.from(prose.matchAll(/\]\(<?([^)\s>]+)>?(?: "[^"]*")?\)/g), ([, target = '']) => target)
  const definitions = Array.from(prose.matchAll(/^\[[^\]]+\]: *<?(\S+?)>?$/gm), ([, target = '']) => target)
  return [...inline, ...definitions]
}

/** References (`[name]`, also `[text][name]`) that a page defines nowhere. */
export function undefinedReferencesOf(page: string): readonly string[] {
  const prose = proseOf(page).replace(/`[^`\n]*`/g, 'code')
  const defined = new Set(Array.from(prose.matchAll(/^\[([^\]]+)\]:/gm), ([, name = '']) => name))
  const full = Array.from(prose.matchAll(/\]\[([^\]]+)\]/g), ([, name = '']) => name)
  return full.filter((name) => !defined.has(name))
}

/** The anchors that GitHub gives the headings of a page. */
export function anchorsOf(page: string): ReadonlySet<string> {
  const anchors = new Set<string>()
  for (const [, heading = ''] of proseOf(page).matchAll(/^#{1,6} +(.+)$/gm)) {
    const text = heading.replace(/\[([^\]]*)\]\([^)]*\)/g, '$1').toLowerCase()
    const slug = text.replace(/[^\p{L}\p{M}\p{N}\p{Pc} -]/gu, '').replaceAll(' ', '-')
    let anchor = slug
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`
    anchors.add(anchor)
  }
  return anchors
}

/** The part of a page from a heading to the next one of its level or above; empty when there is none. */
export function sectionOf(page: string, heading: string): string {
  const level = /^#+/.exec(heading)?.[0].length ?? 0
  const start = `\n${page}`.indexOf(`\n${heading}\n`)
  if (start < 0) return ''
  const rest = page.slice(start + heading.length + 1)
  const end = new RegExp(`^#{1,${level}} `, 'm').exec(rest)?.index ?? rest.length
  return rest.slice(0, end)
}

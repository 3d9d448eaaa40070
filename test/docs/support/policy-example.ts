import type { Claims } from '#pkg/policy'
import { fencesOf, readPage, type Fence } from './page.ts'

/** The domain of the service in all examples: the audience of their tokens, where they show none. */
export const EXAMPLE_DOMAIN = 'sts.example.com'

/** A part of a page: from a heading to the next one of any level. */
export interface Section {
  readonly heading: string
  /** What follows the heading. */
  readonly text: string
}

/** The parts of a page; what stands before the first heading is none. */
export function sectionsOf(page: string): readonly Section[] {
  const sections: { heading: string; lines: string[] }[] = []
  let isInFence = false
  for (const line of page.split('\n')) {
    if (line.trimStart().startsWith('```')) isInFence = !isInFence
    const [, heading] = isInFence ? [] : (/^#{1,6} +(.+)$/.exec(line) ?? [])
    if (heading !== undefined) sections.push({ heading, lines: [] })
    else sections.at(-1)?.lines.push(line)
  }
  return sections.map(({ heading, lines }) => ({ heading, text: lines.join('\n') }))
}

/** A policy or an issuer list of a page, with the tokens that are shown behind it. */
export interface PolicyExample {
  readonly page: string
  readonly section: Section
  /** `owner/repository/.github/chainguard/...`: the comment in its first line. */
  readonly path: string
  readonly text: string
  /** The first one is whole; each further one says what it has instead. */
  readonly allowed: readonly Claims[]
  /** What the first of those that are allowed has instead, and the reason of the denial. */
  readonly denied: readonly { readonly reason: string; readonly claims: Claims }[]
}

const PATH_COMMENT = /^# ([\w.-]+\/[\w.-]+\/\.github\/chainguard\/[\w.-]+\.yaml)\n/

/** The path that a fence says it is the file of; undefined for one that says none. */
export function pathOf({ info, text }: Fence): string | undefined {
  return info === 'yaml' ? PATH_COMMENT.exec(text)?.[1] : undefined
}

/** Whether a fence is a policy or an issuer list as a whole, whatever its first line says. */
export function isDocument({ info, text }: Fence): boolean {
  return info === 'yaml' && /^(?:issuer|subject)(?:_pattern)?:|^issuer(?:s|_patterns):/m.test(text)
}

/** The examples of a page that say their path, in order. */
export function examplesOf(path: string): readonly PolicyExample[] {
  return sectionsOf(readPage(path)).flatMap((section) => {
    const fences = fencesOf(section.text)
    return fences.flatMap((fence, at): PolicyExample[] => {
      const file = pathOf(fence)
      if (file === undefined) return []
      const rest = fences.slice(at + 1)
      const end = rest.findIndex(isDocument)
      return [
        {
          page: path,
          section,
          path: file,
          text: fence.text,
          ...tokensOf(end < 0 ? rest : rest.slice(0, end)),
        },
      ]
    })
  })
}

function tokensOf(fences: readonly Fence[]): Pick<PolicyExample, 'allowed' | 'denied'> {
  const read = ({ text }: Fence): Claims => JSON.parse(text) as Claims
  const [first, ...others] = fences.filter(({ info }) => info === 'json allowed').map(read)
  const whole = { aud: EXAMPLE_DOMAIN, ...first }
  const denied = fences.flatMap((fence) => {
    const [, reason] = /^json denied (\w+)$/.exec(fence.info) ?? []
    return reason === undefined ? [] : [{ reason, claims: { ...whole, ...read(fence) } }]
  })
  const allowed = first === undefined ? [] : [whole, ...others.map((claims) => ({ ...whole, ...claims }))]
  return { allowed, denied }
}

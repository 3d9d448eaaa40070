/** One line of a Dockerfile, continuation lines joined. */
export interface Instruction {
  readonly keyword: string
  readonly text: string
}

export interface Stage {
  readonly name: string
  /** An image, or the name of an earlier stage. */
  readonly base: string
  readonly instructions: readonly Instruction[]
}

/**
 * Reads the stages of a Dockerfile, as far as ours goes: no heredocs, no parser directives, no variables but build
 * arguments in labels. https://docs.docker.com/reference/dockerfile/
 */
export function parseDockerfile(text: string): readonly Stage[] {
  const stages: { name: string; base: string; instructions: Instruction[] }[] = []
  const lines = text.split('\n').filter((line) => !/^\s*(?:#|$)/.test(line))
  for (const [, keyword = '', rest = ''] of lines
    .join('\n')
    .replace(/\\\n\s*/g, '')
    .matchAll(/^([A-Z]+) (.*)$/gm)) {
    if (keyword === 'FROM') {
      const [, base = '', name = ''] = /^(?:--platform=\S+ )?(\S+) AS (\S+)$/.exec(rest) ?? []
      if (name === '') throw new Error(`a stage without a name: ${rest}`)
      stages.push({ name, base, instructions: [] })
    } else {
      const stage = stages.at(-1)
      if (stage === undefined) throw new Error(`${keyword} before FROM`)
      stage.instructions.push({ keyword, text: rest })
    }
  }
  return stages
}

/** The stage `name` and those that it is made from, the first base first. */
export function lineageOf(stages: readonly Stage[], name: string): readonly Stage[] {
  const stage = stages.find((one) => one.name === name)
  return stage === undefined ? [] : [...lineageOf(stages, stage.base), stage]
}

/** Instructions of one kind in the order in which they apply to the image of the stage `name`. */
export function instructionsOf(stages: readonly Stage[], name: string, keyword: string): readonly string[] {
  return lineageOf(stages, name).flatMap(({ instructions }) =>
    instructions.filter((one) => one.keyword === keyword).map(({ text }) => text),
  )
}

/** The `KEY=value` pairs of ENV and LABEL. */
export function pairsIn(texts: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    texts.flatMap((text) =>
      [...text.matchAll(/([\w.]+)=(?:"([^"]*)"|(\S*))/g)].map(
        ([, key = '', quoted, bare = '']): [string, string] => [key, quoted ?? bare],
      ),
    ),
  )
}

/** The command of an ENTRYPOINT in its exec form. */
export function commandIn(text: string): readonly string[] {
  const value: unknown = JSON.parse(text)
  if (!Array.isArray(value) || !value.every((part) => typeof part === 'string')) {
    throw new Error(`not the exec form: ${text}`)
  }
  return value
}

/** What a COPY takes, from where, and to where. */
export interface Copy {
  /** A stage; undefined: the build context. */
  readonly from: string | undefined
  readonly sources: readonly string[]
  readonly target: string
}

export function copyIn(text: string): Copy {
  const [, from, paths = ''] = /^(?:--from=(\S+) )?(.*)$/.exec(text) ?? []
  const words = paths.split(' ')
  const target = words.pop() ?? ''
  if (words.length === 0 || paths.includes('--')) throw new Error(`this COPY is not understood: ${text}`)
  return { from, sources: words, target }
}

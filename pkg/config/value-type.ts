/** What a text stands for, or why it stands for nothing. */
export type Parsed<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false
      /** What is wrong, where the text alone does not show it. Quotes nothing that could be a secret. */
      readonly problem?: string
    }

/** The values that a variable takes. */
export interface ValueType<T> {
  /** What is allowed, for people: `a port number, 0 to 65535`. */
  readonly allowed: string
  /** What `text`, which is never empty, stands for. Never throws. */
  readonly parse: (text: string) => Parsed<T>
}

/** A text that stands for `value`. */
export function parsed<T>(value: T): Parsed<T> {
  return { ok: true, value }
}

/** A text that stands for nothing. */
export function unparsed(problem?: string): Parsed<never> {
  return problem === undefined ? { ok: false } : { ok: false, problem }
}

/** A type of texts that match `pattern` as they are. */
export function textType(pattern: RegExp, allowed: string): ValueType<string> {
  return { allowed, parse: (text) => (pattern.test(text) ? parsed(text) : unparsed()) }
}

/** One of a few words. `ignoreCase` also takes them in other letter cases; the value is as listed. */
export function choiceType<T extends string>(
  choices: readonly T[],
  options: { readonly ignoreCase?: boolean } = {},
): ValueType<T> {
  const fold = (text: string): string => (options.ignoreCase === true ? text.toLowerCase() : text)
  return {
    allowed: choices.join(', '),
    parse: (text) => {
      const choice = choices.find((each) => fold(each) === fold(text))
      return choice === undefined ? unparsed() : parsed(choice)
    },
  }
}

/** A whole number in decimal digits, from `min` to `max`. */
export function integerType(min: number, max: number, noun: string): ValueType<number> {
  return {
    allowed: `${noun}, ${min} to ${max}`,
    parse: (text) => {
      const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
      return value >= min && value <= max ? parsed(value) : unparsed()
    },
  }
}

/** A comma-separated list of at least one item, without repetitions; white space around an item is dropped. */
export function listType<T>(item: ValueType<T>, itemsMax: number): ValueType<readonly T[]> {
  return {
    allowed: `a comma-separated list of at most ${itemsMax}, each ${item.allowed}`,
    parse: (text) => {
      const texts = text.split(',', itemsMax + 1).map((each) => each.trim())
      if (texts.length > itemsMax) return unparsed(`more than ${itemsMax} entries`)
      return parseItems(texts, item)
    },
  }
}

/** Every item of a list, or the problem of the first bad one by its place. */
function parseItems<T>(texts: readonly string[], item: ValueType<T>): Parsed<readonly T[]> {
  const values: T[] = []
  for (const [index, text] of texts.entries()) {
    const place = `entry ${index + 1}`
    if (text === '') return unparsed(`${place} is empty`)
    if (texts.indexOf(text) < index) return unparsed(`${place} repeats an earlier one`)
    const result = item.parse(text)
    if (!result.ok) return unparsed(`${place} is not valid${result.problem ? `: ${result.problem}` : ''}`)
    values.push(result.value)
  }
  return parsed(values)
}

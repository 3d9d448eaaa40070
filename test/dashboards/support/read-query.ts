/** One series that a query asks for, with its matchers. */
export interface Selector {
  readonly name: string
  readonly matchers: readonly {
    readonly label: string
    readonly operator: string
    readonly value: string
  }[]
}

/** What a query of PromQL names. */
export interface QueryNames {
  readonly selectors: readonly Selector[]
  /** Labels by which it groups or joins. */
  readonly labels: readonly string[]
}

const WORDS: ReadonlySet<string> = new Set([
  'and',
  'or',
  'unless',
  'by',
  'on',
  'ignoring',
  'without',
  'offset',
])

/** Reads the names in a query: whatever is no word of PromQL, no function and no label is a series. */
export function readQuery(expr: string): QueryNames {
  const labels: string[] = []
  const rest = expr.replace(/\b(?:by|on) \(([^)]*)\)/g, (_, list: string) => {
    labels.push(...list.split(',').map((label) => label.trim()))
    return ''
  })
  const selectors = Array.from(
    rest.matchAll(/"[^"]*"|\[[^\]]*\]|\b([a-zA-Z_]\w*)\b(?!\s*\()(?:\{([^}]*)\})?/g),
    ([, name, matchers = '']) => (name === undefined || WORDS.has(name) ? undefined : { name, matchers }),
  ).filter((found) => found !== undefined)
  return {
    labels,
    selectors: selectors.map(({ name, matchers }) => ({
      name,
      matchers: Array.from(
        matchers.matchAll(/(\w+)(=~|!=|!~|=)"([^"]*)"/g),
        ([, label = '', operator = '', value = '']) => ({ label, operator, value }),
      ),
    })),
  }
}

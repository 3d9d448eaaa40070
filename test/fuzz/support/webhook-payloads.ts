import fc from 'fast-check'

/** A payload and the event that it is sent as. */
export interface SentPayload {
  readonly event: string
  readonly payload: object
}

/** What is done to one member. */
interface Edit {
  /** Each part is the name of a member, or a number that chooses among those that are there. */
  readonly path: readonly (string | number)[]
  readonly kind: 'replace' | 'remove' | 'repeat' | 'wrap' | 'add'
  /** The name of what is added. */
  readonly name: string
  readonly value: unknown
}

/** A way to change any payload, and the event that it is sent as in place of its own. */
export interface Mutation {
  readonly edits: readonly Edit[]
  readonly event: string | undefined
}

/** Stands for a number that JSON has and JavaScript has not. */
const ENDLESS = '@1e999'

/** What may be in place of anything. */
const hostileValue: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<unknown>(
      null,
      true,
      false,
      0,
      -1,
      1,
      0.5,
      2 ** 53,
      -(2 ** 53),
      1e308,
      ENDLESS,
      '',
      '0',
      '0'.repeat(40),
      'f'.repeat(40),
      'f'.repeat(64),
      'F'.repeat(40),
      'main',
      'refs/heads/',
      'refs/heads/main',
      'refs/heads/../x',
      `refs/heads/gh-readonly-queue/main/pr-1-${'f'.repeat(40)}`,
      'a..b',
      '..',
      '../..',
      'a/b',
      'a b',
      '%2e%2e',
      'constructor',
      '__proto__',
      'opened',
      'requested',
      'rerequested',
      'checks_requested',
      '.github',
      '.github/chainguard',
      '.github/chainguard/x.sts.yaml',
      '.github/chainguard/trusted-token-issuers.yaml/x',
      '.github/chainguard/.sts.yaml/x',
      '.github/chainguard/../x.sts.yaml',
      '.github/chainguard/\ud800.sts.yaml/x',
      '.github/chainguard/\n@team.yaml',
      '\0',
      '\ud800',
      '\u202e\u2028\ufeff',
      [],
      {},
      [null],
      [[]],
    ),
  },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 300 }) },
  { weight: 1, arbitrary: fc.constantFrom(1_000, 1_000_000).map((length) => 'x'.repeat(length)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(50, 150, 4_000).map((depth) => {
      let nested: unknown = 1
      for (let at = 0; at < depth; at += 1) nested = at % 2 === 0 ? [nested] : { repository: nested }
      return nested
    }),
  },
  {
    weight: 1,
    arbitrary: fc.constantFrom<unknown>(
      Object.fromEntries([['__proto__', { login: 'x', id: 1 }]]),
      JSON.parse('{"__proto__": {"toString": null}}'),
      { constructor: null, toString: null, hasOwnProperty: null },
    ),
  },
)

/** Members that are read, which random places would seldom be. */
const READ_PATHS: readonly (readonly string[])[] = [
  ['action'],
  ['ref'],
  ['before'],
  ['after'],
  ['deleted'],
  ['forced'],
  ['commits'],
  ['commits', '0'],
  ['commits', '0', 'added'],
  ['commits', '0', 'modified'],
  ['commits', '0', 'modified', '0'],
  ['commits', '0', 'added', '0'],
  ['commits', '0', 'removed'],
  ['installation'],
  ['installation', 'id'],
  ['installation', 'account'],
  ['installation', 'account', 'login'],
  ['repository'],
  ['repository', 'id'],
  ['repository', 'name'],
  ['repository', 'owner'],
  ['repository', 'owner', 'login'],
  ['repository', 'owner', 'id'],
  ['repository', 'default_branch'],
  ['repository', 'pushed_at'],
  ['pull_request'],
  ['pull_request', 'number'],
  ['pull_request', 'head'],
  ['pull_request', 'head', 'sha'],
  ['pull_request', 'head', 'ref'],
  ['pull_request', 'head', 'repo'],
  ['pull_request', 'head', 'repo', 'id'],
  ['pull_request', 'base'],
  ['pull_request', 'base', 'sha'],
  ['check_suite', 'app'],
  ['check_suite', 'app', 'id'],
  ['check_suite', 'before'],
  ['check_suite', 'head_sha'],
  ['check_suite', 'head_branch'],
  ['check_suite', 'pull_requests'],
  ['check_suite', 'pull_requests', '0'],
  ['check_suite', 'pull_requests', '0', 'base', 'sha'],
  ['check_run', 'app'],
  ['check_run', 'head_sha'],
  ['check_run', 'check_suite'],
  ['check_run', 'pull_requests'],
  ['merge_group'],
  ['merge_group', 'head_sha'],
  ['merge_group', 'base_sha'],
  ['changes'],
  ['changes', 'base'],
  ['changes', 'default_branch'],
  ['changes', 'owner', 'from'],
  ['changes', 'repository', 'name', 'from'],
  ['changes', 'login', 'from'],
  ['account'],
]

const edit: fc.Arbitrary<Edit> = fc.record({
  path: fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(...READ_PATHS) },
    { weight: 1, arbitrary: fc.array(fc.nat(), { minLength: 1, maxLength: 5 }) },
  ),
  kind: fc.oneof(
    { weight: 4, arbitrary: fc.constant('replace' as const) },
    { weight: 2, arbitrary: fc.constant('remove' as const) },
    { weight: 2, arbitrary: fc.constantFrom('repeat' as const, 'wrap' as const, 'add' as const) },
  ),
  name: fc.constantFrom('__proto__', 'constructor', 'id', 'login', 'sha', 'repo', 'pull_requests'),
  value: hostileValue,
})

/** Mutations of at most `maxEdits` members, now and then sent as another one of `events`. */
export function mutations(events: readonly string[], maxEdits: number): fc.Arbitrary<Mutation> {
  return fc.record({
    edits: fc.array(edit, { maxLength: maxEdits }),
    event: fc.oneof(
      { weight: 9, arbitrary: fc.constant(undefined) },
      { weight: 1, arbitrary: fc.constantFrom(...events) },
    ),
  })
}

/** The payload with all edits made, one after the other. */
export function mutate({ event, payload }: SentPayload, mutation: Mutation): SentPayload {
  const edited = mutation.edits.reduce<unknown>((value, one) => editAt(value, one.path, one), payload)
  return { event: mutation.event ?? event, payload: isObject(edited) ? edited : {} }
}

/** The payload as it is sent. */
export function toJson(payload: object): string {
  return JSON.stringify(payload).replaceAll(`"${ENDLESS}"`, '1e999')
}

function editAt(value: unknown, [first, ...rest]: Edit['path'], edit: Edit): unknown {
  if (first === undefined) return editValue(value, edit)
  if (!isObject(value)) return value
  const names = Object.keys(value)
  const name = typeof first === 'string' ? first : names[first % Math.max(1, names.length)]
  if (name === undefined) return value
  return withMember(value, name, editAt(memberOf(value, name), rest, edit))
}

function editValue(value: unknown, { kind, name, value: other }: Edit): unknown {
  switch (kind) {
    case 'replace':
      return other
    case 'remove':
      return undefined
    case 'repeat':
      return Array(10_000).fill(shallow(value))
    case 'wrap':
      return [value]
    case 'add':
      return isObject(value) ? withMember(value, name, other) : { [name]: other }
  }
}

/** A copy with one member set, whatever its name; without it, if it is undefined. */
function withMember(value: object, name: string, member: unknown): object {
  if (Array.isArray(value)) return value.map((item: unknown, at) => (String(at) === name ? member : item))
  const others = Object.entries(value).filter(([other]) => other !== name)
  return Object.fromEntries(member === undefined ? others : [...others, [name, member]])
}

function memberOf(value: object, name: string): unknown {
  return Object.getOwnPropertyDescriptor(value, name)?.value
}

/** Lists of 10,000 would be too large of anything large. */
function shallow(value: unknown): unknown {
  return JSON.stringify(value ?? null).length < 500 ? value : {}
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

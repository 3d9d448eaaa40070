import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { setImmediate } from 'node:timers/promises'
import type { FileAtCommit, FolderListing } from '#pkg/github'
import type { ChangedPolicy } from '../../../../pkg/webhook/change/change.ts'
import { readPolicyPath } from '../../../../pkg/webhook/policy-file.ts'
import type { PolicyReview } from '../../../../pkg/webhook/review/policy-review.ts'
import {
  createPolicyReviewer,
  type PolicyReviewerOptions,
} from '../../../../pkg/webhook/review/policy-reviewer.ts'

const HEAD = 'a'.repeat(40)
const BASE = 'b'.repeat(40)
const FOLDER = '.github/chainguard'

type Unusable = Extract<FileAtCommit, { kind: 'unusable' }>['problem']
type Version = string | { readonly unusable: Unusable } | undefined

/**
 * A file of the change, by its name in the policy folder, whose own name is empty. `before` absent: there is nothing to
 * compare it with.
 */
export interface FileOfChange {
  readonly name: string
  readonly now: Version
  readonly before?: Version
  /** Default: `there`. */
  readonly presence?: ChangedPolicy['presence']
  /** The git object that the source of the change names. Default: it names none. */
  readonly blob?: string | null
  /** Where this is a symbolic link to a file of the repository, whose content GitHub gives: what it leads to. */
  readonly linkTo?: string
}

/** The id of a git object, as far as it matters here: of each content another one. */
export function blobOf(content: string): string {
  return createHash('sha1').update(content).digest('hex')
}

export interface Setting {
  /** `.github` holds the policies of the organization. Default: `app`. */
  readonly repository?: string
  /** What the owner has granted, each time that it is asked for; the last one stays. Default: much. */
  readonly granted?: readonly Readonly<Record<string, string>>[]
  /** Names that the App cannot see. */
  readonly unseen?: readonly string[]
  readonly policies?: Partial<PolicyReviewerOptions['policies']>
}

export interface ReviewRun {
  readonly reviews: readonly PolicyReview[]
  /** What was read, in the order of the questions, as in `now a.sts.yaml`, `before a.sts.yaml`, `listing`. */
  readonly reads: readonly string[]
  /** The most of them that were under way at a time. */
  readonly readsAtOnce: number
  /** Lists of names that GitHub was asked for. */
  readonly questions: readonly (readonly string[])[]
  /** How old each answer about the installation could be; undefined: of any age. */
  readonly ages: readonly (number | undefined)[]
}

const MUCH = { actions: 'write', contents: 'write', issues: 'write', metadata: 'read', members: 'read' }

/** Reviews files against a GitHub that answers as the setting says. */
export async function reviewFiles(
  files: readonly FileOfChange[],
  { repository = 'app', granted = [MUCH], unseen = [], policies = {} }: Setting = {},
): Promise<ReviewRun> {
  const questions: (readonly string[])[] = []
  const ages: (number | undefined)[] = []
  const reads: string[] = []
  let reading = 0
  let readsAtOnce = 0

  async function answer<T>(question: string, value: T): Promise<T> {
    reads.push(question)
    reading += 1
    readsAtOnce = Math.max(readsAtOnce, reading)
    await setImmediate()
    reading -= 1
    return value
  }

  const reviewer = createPolicyReviewer({
    reviews: {
      readFileAt: (_, { path, ref }) => {
        const name = path.slice(FOLDER.length + 1)
        const file = files.find((one) => one.name === name)
        return ref === HEAD
          ? answer(`now ${name}`, contentsOf(file?.now))
          : answer(`before ${name}`, contentsOf(file?.before))
      },
      listFolder: (_, { path, ref }) => {
        assert.deepEqual([path, ref], [FOLDER, HEAD])
        return answer('listing', { entries: files.flatMap(entriesOf), complete: true })
      },
      findUnseenRepositories: (_, names) => {
        questions.push(names)
        return Promise.resolve(names.filter((name) => unseen.includes(name)))
      },
    },
    findInstallation: (_, { maxAgeMs }) => {
      ages.push(maxAgeMs)
      const permissions = granted[ages.length - 1] ?? granted.at(-1) ?? {}
      return Promise.resolve({ permissions, account: { login: 'acme', id: 42 } })
    },
    policies: {
      orgPolicyRepo: '.github',
      strict: false,
      allowOrganizationPermissions: false,
      allowLoopback: false,
      ...policies,
    },
  })
  const target = { owner: 'acme', repository, installationId: 99, accountId: 42 }
  const changed = files.map((file) => changedPolicy(file, repository))
  const reviews = await reviewer(changed, { target, headSha: HEAD }, AbortSignal.timeout(10_000))
  return { reviews, reads, readsAtOnce, questions, ages }
}

/** The errors of a review, as line, column and code. */
export function errorsOf(review: PolicyReview | undefined): readonly string[] {
  assert.ok(review)
  return review.diagnostics
    .filter(({ severity }) => severity === 'error')
    .map(({ line, column, code }) => `${line}:${column} ${code}`)
}

function changedPolicy(change: FileOfChange, repository: string): ChangedPolicy {
  const path = change.name === '' ? FOLDER : `${FOLDER}/${change.name}`
  const file = readPolicyPath(path, { repository, orgPolicyRepo: '.github' })
  assert.ok(file)
  const { presence = 'there', blob } = change
  return { file, presence, blob, before: 'before' in change ? { path, ref: BASE } : undefined }
}

function entriesOf({ name, now, linkTo }: FileOfChange): FolderListing['entries'] {
  const path = `${FOLDER}/${name}`
  if (linkTo !== undefined) return [{ name, path, kind: 'symlink', blob: blobOf(linkTo) }]
  return typeof now === 'string' ? [{ name, path, kind: 'file', blob: blobOf(now) }] : []
}

function contentsOf(version: Version): FileAtCommit {
  if (version === undefined) return { kind: 'absent' }
  if (typeof version === 'object') return { kind: 'unusable', problem: version.unusable }
  return { kind: 'found', bytes: Buffer.from(version), etag: undefined, blob: blobOf(version) }
}

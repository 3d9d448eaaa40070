import { syntaxOf } from '../lint/lint-rule.ts'
import type { CompiledTrustPolicy, Matcher } from '../trust-policy.ts'
import { isGitHubActions } from './describe-issuer.ts'
import { code, enumerate, isSameText, type PowerText } from './power-text.ts'
import { ANY_PATH, ANY_SEGMENT, ANY_TEXT, SIGN, templatesOf } from './subject-template.ts'

/** A name with its id, written out or open, or without. */
const NAME = `([A-Za-z0-9._-]+(?:@[0-9]+)?)(?:@${ANY_SEGMENT})?`
/** `repo:OWNER/REPOSITORY:CONTEXT`, where the repository may be open. */
const REPOSITORY = new RegExp(`^repo:${NAME}/(?:${NAME}|[${ANY_PATH}${ANY_SEGMENT}@]+):([^]+)$`)
const REPOSITORIES = new RegExp(`^repo:${NAME}/${ANY_TEXT}`)

/** What names the repository, in front of its context. */
const NAMES = /^repo:[^:]*/

/** More alternatives than these are not read any more. */
const ALTERNATIVES_MAX = 4

/** What a context names, with the words for one and for several. */
const CONTEXTS = [
  { prefix: 'ref:refs/heads/', one: 'branch', several: 'branches' },
  { prefix: 'ref:refs/tags/', one: 'tag', several: 'tags' },
  { prefix: 'environment:', one: 'environment', several: 'environments' },
] as const

/**
 * Who is let in. Subjects of GitHub Actions are put in words where their form is known: never fewer than the policy
 * lets in, at times more (any repository of an owner, where the pattern says which). Others are shown as written.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc
 */
export function describeSubject({
  subject,
  issuer,
}: Pick<CompiledTrustPolicy, 'subject' | 'issuer'>): PowerText {
  return (isGitHubActions(issuer) ? putInWords(subject) : undefined) ?? showSubject(subject)
}

/** The subject as the policy has it. */
export function showSubject(subject: Matcher): PowerText {
  return subject.kind === 'exact'
    ? ['the subject ', ...code(subject.value)]
    : ['subjects that match ', ...code(subject.expression.pattern)]
}

function putInWords(subject: Matcher): PowerText | undefined {
  const templates = listTemplates(subject)
  const texts: PowerText[] = []
  for (const template of templates) {
    // What names a repository without its ids names it with them too.
    const plain = template.replace(NAMES, (names) => names.replace(/@[0-9]+/g, ''))
    if (plain !== template && templates.includes(plain)) continue
    const text = describeTemplate(template)
    if (text === undefined) return undefined
    if (!texts.some((other) => isSameText(other, text))) texts.push(text)
  }
  return texts.length === 0 || texts.length > ALTERNATIVES_MAX ? undefined : enumerate(texts, 'or')
}

function listTemplates(subject: Matcher): readonly string[] {
  if (subject.kind === 'pattern') return templatesOf(syntaxOf(subject.expression)) ?? []
  return SIGN.test(subject.value) ? [] : [subject.value]
}

function describeTemplate(template: string): PowerText | undefined {
  const [, ownerOfAny] = REPOSITORIES.exec(template) ?? []
  if (ownerOfAny !== undefined) return ['any repository of ', ...code(ownerOfAny)]
  const [, owner, repository, context] = REPOSITORY.exec(template) ?? []
  if (owner === undefined || context === undefined) return undefined
  const whose: PowerText =
    repository === undefined ? ['any repository of ', ...code(owner)] : code(`${owner}/${repository}`)
  return describeContext(context, [' of ', ...whose])
}

function describeContext(context: string, ofWhom: PowerText): PowerText | undefined {
  if (context.startsWith(ANY_TEXT)) return ['any workflow run', ...ofWhom]
  if (context === 'pull_request') return ['pull requests', ...ofWhom]
  if (context.startsWith(`ref:${ANY_TEXT}`) || context.startsWith(`ref:refs/${ANY_TEXT}`)) {
    return ['any branch or tag', ...ofWhom]
  }
  const form = CONTEXTS.find(({ prefix }) => context.startsWith(prefix))
  const name = form === undefined ? '' : context.slice(form.prefix.length)
  // A colon begins a further part of a subject that was customized.
  if (form === undefined || name === '' || name.includes(':')) return undefined
  const open = name.search(SIGN)
  if (open < 0) return [`the ${form.one} `, ...code(name), ...ofWhom]
  if (open === 0) return [`any ${form.one}`, ...ofWhom]
  return [form.several, ...ofWhom, ' that begin with ', ...code(name.slice(0, open))]
}

import { isOwnerName, isRepositoryName } from '#pkg/policy'
import { choiceType, listType, parsed, unparsed, type ValueType } from './value-type.ts'

/** Owners in one list, and pools of Apps. */
export const OWNERS_MAX = 1_000
/** Apps in one pool. */
export const APPS_MAX = 100

/**
 * The id of a GitHub App (a whole number), or its client id.
 * https://docs.github.com/en/apps/creating-github-apps/authenticating-with-a-github-app/generating-a-json-web-token-jwt-for-a-github-app
 */
export const APP_ID: ValueType<string> = {
  allowed: 'an App id (digits) or client id (Iv...)',
  parse: (text) => (/^(?:[1-9]\d{0,18}|Iv[A-Za-z0-9.]{1,62})$/.test(text) ? parsed(text) : unparsed()),
}

/** The ids of the GitHub Apps that serve, in the operator's order. */
export const APP_IDS = listType(APP_ID, APPS_MAX)

/** Names of keys in the order of the Apps, an empty one where an App is skipped. Their forms are the provider's. */
export const KMS_KEY_LIST: ValueType<readonly string[]> = {
  allowed: `a comma-separated list of at most ${APPS_MAX}, each the name of a key or empty`,
  parse: (text) => {
    const names = text.split(',', APPS_MAX + 1).map((name) => name.trim())
    return names.length > APPS_MAX ? unparsed(`more than ${APPS_MAX} entries`) : parsed(names)
  },
}

/** A repository's name without its owner: GitHub's character set, at most 100 characters. */
export const REPOSITORY_NAME: ValueType<string> = {
  allowed: 'the bare name of a repository: letters, digits, ".", "_" and "-"',
  parse: (text) => {
    if (text.includes('/')) return unparsed('a name without its owner is wanted')
    return isRepositoryName(text) ? parsed(text) : unparsed()
  },
}

/** The login of an organization, in lower case. */
const ORGANIZATION: ValueType<string> = {
  allowed: 'an organization (letters, digits, ".", "_" and "-")',
  parse: (text) => (isOwnerName(text) ? parsed(text.toLowerCase()) : unparsed()),
}

/** Users and organizations, in lower case. */
export const OWNER_NAMES = listType(
  { allowed: 'an owner (letters, digits, ".", "_" and "-")', parse: ORGANIZATION.parse },
  OWNERS_MAX,
)

const ORGANIZATION_LIST = listType(ORGANIZATION, OWNERS_MAX)

/** Organizations in lower case. Entries may be empty, as octo-sts has it, but not all of them. */
export const ORGANIZATIONS: typeof ORGANIZATION_LIST = {
  allowed: ORGANIZATION_LIST.allowed,
  parse(text) {
    const names = text.split(',').filter((name) => name.trim() !== '')
    return ORGANIZATION_LIST.parse(names.join(','))
  },
}

/** The login of a user or an organization, in lower case; `*` stands for every owner. */
export const OWNER: ValueType<string> = {
  allowed: 'an owner (letters, digits, ".", "_" and "-") or *',
  parse: (text) => (text === '*' || isOwnerName(text) ? parsed(text.toLowerCase()) : unparsed()),
}

/** Owners in lower case; `*` stands for every owner. */
export const OWNERS = listType(OWNER, OWNERS_MAX)

/** How much a caller is told about the policy that denied it. */
export type DenialDetail = 'owner' | 'always' | 'never' | 'uniform'

export const DENIAL_DETAIL = choiceType<DenialDetail>(['owner', 'always', 'never', 'uniform'])

import type { Edge } from '../expression/edge-text.ts'
import { GITHUB_ACTIONS_ISSUER } from '../github-subject.ts'

/**
 * Text that names a tenant. It starts with `before`, and the name ends where one of the `after` characters or the
 * whole text ends. From the edge `end`, the name is what follows the last of those characters.
 */
export interface TenantText {
  readonly edge: Edge
  readonly before: string
  readonly after: string
}

/** An issuer that signs tokens for tenants who do not trust each other. */
export interface SharedIssuer {
  readonly name: string
  /**
   * Sets of issuer values. Who matches all of a set is open to every tenant: an issuer per tenant is represented by
   * two tenants that nobody has.
   */
  readonly values: readonly (readonly string[])[]
  /** How a subject, or the claim `sub`, names a tenant. */
  readonly subjects: readonly TenantText[]
  /** Other claims that name one. */
  readonly claims: ReadonlyMap<string, TenantText>
  /** What to do, as the end of a sentence. */
  readonly advice: string
}

/** The value is the name, as a whole. */
const WHOLE = named('', '')
/** The value is a path that the name begins. */
const PATH = named('', '/')

const CIRCLECI = 'https://oidc.circleci.com/org'

/**
 * The issuers that anybody can get a token of.
 *
 * @see https://docs.github.com/en/actions/reference/security/oidc
 * @see https://docs.gitlab.com/ci/secrets/id_token_authentication
 * @see https://cloud.google.com/docs/authentication/token-types#id
 * @see https://buildkite.com/docs/agent/v3/cli-oidc
 * @see https://circleci.com/docs/openid-connect-tokens
 */
export const SHARED_ISSUERS: readonly SharedIssuer[] = [
  {
    name: 'GitHub Actions',
    values: [
      [GITHUB_ACTIONS_ISSUER],
      [`${GITHUB_ACTIONS_ISSUER}/zqxjk`, `${GITHUB_ACTIONS_ISSUER}/vwpbf-enterprise`],
    ],
    subjects: [
      named('repo:', '/@'),
      named('repository:', '/'),
      named('repository_id:', ':'),
      named('repository_owner:', ':'),
      named('repository_owner_id:', ':'),
      named('enterprise:', ':'),
      named('enterprise_id:', ':'),
    ],
    claims: new Map([
      ['repository', PATH],
      ['repository_id', WHOLE],
      ['repository_owner', WHOLE],
      ['repository_owner_id', WHOLE],
      ['enterprise', WHOLE],
      ['enterprise_id', WHOLE],
      ['workflow_ref', PATH],
    ]),
    advice: 'begin the subject with repo:OWNER/, or match repository_owner in claim_pattern',
  },
  {
    name: 'GitLab.com',
    values: [['https://gitlab.com']],
    subjects: [named('project_path:', '/')],
    claims: new Map([
      ['namespace_id', WHOLE],
      ['namespace_path', PATH],
      ['project_id', WHOLE],
      ['project_path', PATH],
    ]),
    advice: 'begin the subject with project_path:GROUP/, or match namespace_path in claim_pattern',
  },
  {
    name: 'Google',
    values: [['https://accounts.google.com']],
    subjects: [WHOLE],
    claims: new Map([
      ['azp', WHOLE],
      ['email', { edge: 'end', before: '', after: '@' }],
      ['hd', WHOLE],
    ]),
    advice: 'give the account number as the subject, or match email or hd in claim_pattern',
  },
  {
    name: 'Buildkite',
    values: [['https://agent.buildkite.com']],
    subjects: [named('organization:', ':')],
    claims: new Map([
      ['organization_id', WHOLE],
      ['organization_slug', WHOLE],
      ['pipeline_id', WHOLE],
    ]),
    advice: 'begin the subject with organization:NAME:, or match organization_slug in claim_pattern',
  },
  {
    name: 'CircleCI',
    values: [
      [
        `${CIRCLECI}/0b7d4f3a-91c5-4e2b-8a66-d1f03c97e5b2`,
        `${CIRCLECI}/f4a8e16c-2d03-47b9-b5ce-6097a3d8f241`,
      ],
    ],
    subjects: [named('org/', '/')],
    claims: new Map([['oidc.circleci.com/project-id', WHOLE]]),
    advice: 'write the organization id out in the issuer',
  },
]

function named(before: string, after: string): TenantText {
  return { edge: 'start', before, after }
}

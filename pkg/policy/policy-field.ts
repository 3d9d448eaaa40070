import type { TrustPolicy } from './trust-policy.ts'

/** The shape of a field's value. */
export type PolicyFieldType =
  | 'text'
  | 'non_empty_text'
  | 'pattern'
  | 'claim_patterns'
  | 'permissions'
  | 'repository_names'
  | 'repository'
  | 'seconds'

export interface PolicyField {
  readonly type: PolicyFieldType
  /** For people: what the field is for. */
  readonly description: string
  /** Whether only policies of an organization have it. */
  readonly organizationOnly?: true
  /** Whether octo-sts does not know the field, so that a policy with it is not portable. */
  readonly extension?: true
}

/** All fields of a trust policy, in the order in which people write them. */
export const POLICY_FIELDS: Readonly<Record<keyof TrustPolicy, PolicyField>> = {
  description: {
    type: 'text',
    description: 'Free text for people.',
    extension: true,
  },
  origin: {
    type: 'repository',
    description:
      'The repository (owner/name) that this file must be in, so that a copy of it grants nothing.',
    extension: true,
  },
  issuer: {
    type: 'non_empty_text',
    description: 'The issuer of the token, byte for byte. Exactly one of issuer and issuer_pattern.',
  },
  issuer_pattern: {
    type: 'pattern',
    description: 'An RE2 expression that matches the whole issuer of the token.',
  },
  subject: {
    type: 'non_empty_text',
    description: 'The subject of the token, byte for byte. Exactly one of subject and subject_pattern.',
  },
  subject_pattern: {
    type: 'pattern',
    description: 'An RE2 expression that matches the whole subject of the token.',
  },
  audience: {
    type: 'non_empty_text',
    description:
      'One of the audiences of the token, byte for byte. With neither audience nor audience_pattern it is the domain of the service.',
  },
  audience_pattern: {
    type: 'pattern',
    description: 'An RE2 expression that matches one whole audience of the token.',
  },
  claim_pattern: {
    type: 'claim_patterns',
    description: 'RE2 expressions by claim. Each claim must be in the token and match as a whole.',
  },
  forbidden_claim_pattern: {
    type: 'claim_patterns',
    description: 'RE2 expressions by claim. A claim that is in the token and matches denies.',
    extension: true,
  },
  max_token_lifetime: {
    type: 'seconds',
    description: 'The longest life of the token, in seconds from its nbf and from its iat to its exp.',
    extension: true,
  },
  permissions: {
    type: 'permissions',
    description: 'What is granted: at least one permission of GitHub, with its level.',
  },
  repositories: {
    type: 'repository_names',
    description:
      'The repositories that the granted token reaches: bare names. Without the field, all that the App is installed on.',
    organizationOnly: true,
  },
}

export function isPolicyFieldName(name: string): name is keyof TrustPolicy {
  return Object.hasOwn(POLICY_FIELDS, name)
}

import { APP_VARIABLES } from './app-variables.ts'
import { GOOGLE_VARIABLES } from './google-variables.ts'
import { ORGANIZATIONS } from './github-types.ts'
import { LATER_VARIABLES } from './later-variables.ts'
import { SERVICE_VARIABLES } from './service-variables.ts'
import { STORE_VARIABLES } from './store-variables.ts'
import { TELEMETRY_VARIABLES } from './telemetry-variables.ts'
import { choiceType } from './value-type.ts'
import { pickVariables, type LaterVariable, type ReadVariable, type Values } from './variable.ts'
import { WEBHOOK_SECRET_OR_NAMES, WEBHOOK_SECRETS } from './webhook-types.ts'

/** Every variable that the webhook reads: some of the service's, and its own. */
export const WEBHOOK_VARIABLES = {
  ...pickVariables(SERVICE_VARIABLES, 'PORT', 'STS_HOST', 'STS_DRAIN_DELAY'),
  ...APP_VARIABLES,
  ...pickVariables(SERVICE_VARIABLES, 'GITHUB_BASE_URL', 'HTTPS_PROXY', 'NO_PROXY', 'SSL_CERT_FILE'),
  ...STORE_VARIABLES,
  ...pickVariables(
    SERVICE_VARIABLES,
    'STS_ALLOW_LOOPBACK_ISSUERS',
    'ORG_POLICY_REPO',
    'STS_ALLOW_ORG_PERMISSIONS_IN_REPO_POLICIES',
    'STS_STRICT_POLICIES',
  ),
  GITHUB_WEBHOOK_SECRET: {
    topic: 'Webhook',
    meaning: 'secret that GitHub signs deliveries with',
    type: WEBHOOK_SECRET_OR_NAMES,
    required: true,
    secret: true,
    octoSts: true,
    remarks:
      'Taken byte for byte: a comma is part of it, and so is a line feed at its end, which is a warning. The same text as in the settings of the GitHub App. With `KMS_KEYS` it is read from the secret manager of `KMS_PROVIDER`: [keys.md](keys.md#the-secret-of-the-webhook).',
  },
  STS_WEBHOOK_SECRETS: {
    topic: 'Webhook',
    meaning: 'further secrets that deliveries may be signed with, for rotation',
    type: WEBHOOK_SECRETS,
    secret: true,
    remarks:
      'To rotate: put the old secret here and the new one into `GITHUB_WEBHOOK_SECRET`, restart, change the settings of the GitHub App, and take the old one out an hour later.',
  },
  GITHUB_WEBHOOK_ORGANIZATION_FILTER: {
    topic: 'Webhook',
    meaning: 'organizations whose deliveries are worked; unset: all',
    type: ORGANIZATIONS,
    octoSts: true,
    example: 'acme,acme-labs',
    remarks: 'Letter case does not count.',
  },
  STS_CHECKS: {
    topic: 'Webhook',
    meaning: 'when a check run appears: where a trust policy changed, or always',
    type: choiceType(['changed', 'always'] as const),
    default: 'changed',
    example: 'always',
    remarks: 'With `always` the check can be required by a ruleset or a branch protection.',
  },
  ...pickVariables(SERVICE_VARIABLES, 'STS_LOG_LEVEL', 'STS_STRICT_CONFIG'),
  ...TELEMETRY_VARIABLES,
  ...pickVariables(GOOGLE_VARIABLES, 'GOOGLE_CLOUD_PROJECT', 'K_SERVICE', 'K_REVISION'),
} as const satisfies Readonly<Record<string, ReadVariable>>

/** What the webhook's variables hold. */
export type WebhookValues = Values<typeof WEBHOOK_VARIABLES>

const { OTEL_LOGS_EXPORTER } = LATER_VARIABLES

/** Those of the variables whose part is not built yet that would concern the webhook. */
export const LATER_WEBHOOK_VARIABLES = {
  OTEL_LOGS_EXPORTER,
} as const satisfies Readonly<Record<string, LaterVariable>>

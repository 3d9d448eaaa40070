import { FILE_PATH } from './file-types.ts'
import { BOOLEAN } from './go-boolean.ts'
import { durationType } from './go-duration.ts'
import { GOOGLE_VARIABLES } from './google-variables.ts'
import { LATER_VARIABLES } from './later-variables.ts'
import { AUTHORIZATION_HEADER, BEARER, IDENTITY, REPOSITORY_SCOPE } from './prober-types.ts'
import { SERVICE_VARIABLES } from './service-variables.ts'
import { TELEMETRY_VARIABLES } from './telemetry-variables.ts'
import { API_BASE_URL, TOKEN_URL } from './url-types.ts'
import { pickVariables, type LaterVariable, type ReadVariable, type Values } from './variable.ts'

/** Every variable that the probers read: some of the service's, and their own. */
export const PROBER_VARIABLES = {
  ...pickVariables(
    SERVICE_VARIABLES,
    'PORT',
    'STS_HOST',
    'STS_DOMAIN',
    'STS_DRAIN_DELAY',
    'GITHUB_BASE_URL',
    'HTTPS_PROXY',
    'NO_PROXY',
    'SSL_CERT_FILE',
    'STS_LOG_LEVEL',
  ),
  PROBER_IDENTITY: {
    topic: 'Prober',
    meaning: 'identity that is probed',
    type: IDENTITY,
    required: true,
    octoSts: true,
    example: 'prober',
    remarks: 'Its policy lets the prober in, and the negative prober not: [probers.md](probers.md).',
  },
  PROBER_SCOPE: {
    topic: 'Prober',
    meaning: 'repository that is probed',
    type: REPOSITORY_SCOPE,
    default: 'octo-sts/prober',
    example: 'acme/prober',
  },
  STS_URL: {
    topic: 'Prober',
    meaning: 'where the service is reached; unset: STS_DOMAIN over https',
    type: API_BASE_URL,
    example: 'https://sts-canary.example.com',
  },
  PROBER_TOKEN_FILE: {
    topic: 'Prober',
    meaning: 'file of the OIDC token that is exchanged',
    type: FILE_PATH,
    example: '/var/run/secrets/tokens/github-sts',
    remarks:
      'Read anew at each run. At most one of this and `PROBER_TOKEN_URL`; without both, GitHub Actions is asked where its variables are set, else the metadata server of Google Cloud.',
  },
  PROBER_TOKEN_URL: {
    topic: 'Prober',
    meaning: 'where an OIDC token is asked for without authorization, as of the emulator',
    type: TOKEN_URL,
    example: 'http://127.0.0.1:8086/actions/token?repository=acme/prober',
  },
  ACTIONS_ID_TOKEN_REQUEST_URL: {
    topic: 'Prober',
    meaning: 'where a job of GitHub Actions asks for its OIDC token',
    type: TOKEN_URL,
    example: 'https://run.actions.githubusercontent.com/token?api-version=2.0',
    remarks: 'GitHub Actions sets it in jobs with `id-token: write`.',
  },
  ACTIONS_ID_TOKEN_REQUEST_TOKEN: {
    topic: 'Prober',
    meaning: 'what authorizes a job of GitHub Actions to ask for its OIDC token',
    type: BEARER,
    secret: true,
    remarks: 'Set by GitHub Actions with the URL; one of the two alone is an error.',
  },
  PROBER_INTERVAL: {
    topic: 'Prober',
    meaning: 'time from one run to the next, a little more or less; a result counts as long',
    type: durationType('24h', '1s'),
    default: '1m',
    example: '5m',
  },
  AUTHORIZATION: {
    topic: 'Prober',
    meaning: 'what the Authorization header of a request to a prober has to be, byte for byte',
    type: AUTHORIZATION_HEADER,
    secret: true,
    octoSts: true,
    remarks: 'Required without `--once`, unless `PROBER_ALLOW_ANONYMOUS=true`.',
  },
  PROBER_ALLOW_ANONYMOUS: {
    topic: 'Prober',
    meaning: 'answers requests to a prober without authorization',
    type: BOOLEAN,
    default: 'false',
    remarks: 'An error where `AUTHORIZATION` is set too.',
  },
  ...TELEMETRY_VARIABLES,
  ...GOOGLE_VARIABLES,
} as const satisfies Readonly<Record<string, ReadVariable>>

/** What the probers' variables hold. */
export type ProberValues = Values<typeof PROBER_VARIABLES>

const { OTEL_LOGS_EXPORTER } = LATER_VARIABLES

/** Those of the variables whose part is not built yet that would concern the probers. */
export const LATER_PROBER_VARIABLES = {
  OTEL_LOGS_EXPORTER,
} as const satisfies Readonly<Record<string, LaterVariable>>

import { APP_VARIABLES } from './app-variables.ts'
import { EVENT_VARIABLES } from './event-variables.ts'
import { GOOGLE_VARIABLES } from './google-variables.ts'
import { LIMIT_VARIABLES } from './limit-variables.ts'
import { QUOTA_VARIABLES } from './quota-variables.ts'
import { STORE_VARIABLES } from './store-variables.ts'
import { TELEMETRY_VARIABLES } from './telemetry-variables.ts'
import { API_BASE_URL, HTTPS_ORIGIN, PROXY_URL } from './url-types.ts'
import { DENIAL_DETAIL, OWNERS, REPOSITORY_NAME } from './github-types.ts'
import { BOOLEAN } from './go-boolean.ts'
import { durationType } from './go-duration.ts'
import { DOMAIN, ISSUER_PATTERNS, ISSUERS, KEY_SET_OVERRIDES } from './issuer-types.ts'
import { LISTEN_ADDRESS, PORT_NUMBER, PROXY_BYPASS, TRUSTED_HOPS } from './network-types.ts'
import { FILE_PATH } from './file-types.ts'
import { choiceType, listType } from './value-type.ts'
import type { ReadVariable, Values } from './variable.ts'

const PRIVATE_ISSUERS_MAX = 64

/** Every variable that the security token service reads, in the order of the documentation. */
export const SERVICE_VARIABLES = {
  PORT: {
    topic: 'Listener',
    meaning: 'port to listen on; of the service, gRPC and JSON share it',
    type: PORT_NUMBER,
    required: true,
    octoSts: true,
    example: '8080',
    remarks:
      'With `0` the system chooses; the log says which. No TLS: that is for the load balancer in front.',
  },
  STS_HOST: {
    topic: 'Listener',
    meaning: 'address to listen on; unset: every address',
    type: LISTEN_ADDRESS,
    example: '127.0.0.1',
  },
  STS_DOMAIN: {
    topic: 'Listener',
    meaning: 'audience of tokens where a policy names none, and domain of errors and events',
    type: DOMAIN,
    required: true,
    octoSts: true,
    example: 'sts.example.com',
    remarks: 'Compared with the `aud` of tokens byte for byte.',
  },
  STS_TRUSTED_HOPS: {
    topic: 'Listener',
    meaning: 'proxies in front whose X-Forwarded-For entries are believed',
    type: TRUSTED_HOPS,
    default: '0',
    example: '1',
    remarks:
      'Counted from the right; with `0` the address of the connection counts. Nothing but the client address in records depends on it.',
  },
  STS_DRAIN_DELAY: {
    topic: 'Listener',
    meaning: 'how long a program goes on accepting after SIGTERM has turned its health',
    type: durationType('1m'),
    default: '0s',
    example: '5s',
    remarks:
      'Set it where a load balancer needs time to notice, as in Kubernetes. The process ends within 9.5 s of the signal, or within the delay and 4.5 s if that is longer.',
  },
  STS_REFLECTION: {
    topic: 'Listener',
    meaning: 'registers gRPC server reflection',
    type: BOOLEAN,
    default: 'false',
  },
  ...APP_VARIABLES,
  GITHUB_BASE_URL: {
    topic: 'GitHub App',
    meaning: "base of GitHub's REST API; for GitHub Enterprise Server https://HOST/api/v3",
    type: API_BASE_URL,
    default: 'https://api.github.com',
    octoSts: true,
    example: 'https://github.example.com/api/v3',
    remarks:
      'It also says whose `repository_owner` claim is believed (`STS_DENIAL_DETAIL`). The issuer `https://HOST/_services/token` of an Enterprise Server may have a private address.',
  },
  HTTPS_PROXY: {
    topic: 'GitHub App',
    meaning: 'proxy for calls to GitHub and deliveries of events; issuers are dialled directly',
    type: PROXY_URL,
    secret: true,
    alias: 'https_proxy',
    octoSts: true,
    example: 'http://proxy.example.com:3128',
  },
  NO_PROXY: {
    topic: 'GitHub App',
    meaning: 'hosts that are dialled without the proxy',
    type: PROXY_BYPASS,
    alias: 'no_proxy',
    octoSts: true,
    example: 'github.example.com,.internal',
  },
  SSL_CERT_FILE: {
    topic: 'GitHub App',
    meaning:
      "certificate authorities for calls to GitHub and deliveries of events, in place of the system's (PEM)",
    type: FILE_PATH,
    octoSts: true,
    example: '/etc/ssl/corporate.pem',
  },
  ...QUOTA_VARIABLES,
  ...STORE_VARIABLES,
  STS_ALLOWED_ISSUERS: {
    topic: 'Issuers',
    meaning: 'issuers that are served at all, checked before anything is fetched; unset: any',
    type: ISSUERS,
    example: 'https://token.actions.githubusercontent.com,https://accounts.google.com',
    remarks: 'Compared byte for byte. An issuer is served if this or `STS_ALLOWED_ISSUER_PATTERNS` has it.',
  },
  STS_ALLOWED_ISSUER_PATTERNS: {
    topic: 'Issuers',
    meaning: 'expressions for issuers that are served, beside STS_ALLOWED_ISSUERS',
    type: ISSUER_PATTERNS,
    example: '["https://oidc\\\\.eks\\\\.[a-z0-9-]+\\\\.amazonaws\\\\.com/id/[A-Z0-9]+"]',
    remarks: "The rules are those of an organization's issuer list.",
  },
  STS_ISSUER_LIST_REQUIRED: {
    topic: 'Issuers',
    meaning: 'owners that must have an issuer list; * stands for all',
    type: OWNERS,
    example: 'acme',
    remarks: 'Such an owner is served nothing while its list is absent or the App cannot read it.',
  },
  STS_ISSUER_CA_FILE: {
    topic: 'Issuers',
    meaning: 'further certificate authorities for issuers (PEM)',
    type: FILE_PATH,
    example: '/etc/ssl/cluster-ca.pem',
    remarks: 'They count beside the well-known ones.',
  },
  STS_ALLOWED_PRIVATE_ISSUERS: {
    topic: 'Issuers',
    meaning: 'origins of issuers that may be on private addresses',
    type: listType(HTTPS_ORIGIN, PRIVATE_ISSUERS_MAX),
    example: 'https://kubernetes.example.internal:6443',
    remarks: "Scheme, host and port are compared exactly. A metadata service's address stays refused.",
  },
  STS_JWKS_OVERRIDES: {
    topic: 'Issuers',
    meaning: 'key sets of issuers that cannot be reached, or advertise a key set that cannot',
    type: KEY_SET_OVERRIDES,
    example: 'https://oidc.eks.eu-west-1.amazonaws.com/id/ABC123=/etc/github-sts/eks-keys.json',
    remarks:
      'Such an issuer is not asked itself. At most 100 KiB and 10 s, no redirects. A file that was changed counts after at most 15 minutes.',
  },
  STS_ALLOW_LOOPBACK_ISSUERS: {
    topic: 'Issuers',
    meaning: 'lets issuers on localhost, 127.0.0.1 and ::1 in, over plain http too; for development',
    type: BOOLEAN,
    default: 'false',
  },
  ...LIMIT_VARIABLES,
  ORG_POLICY_REPO: {
    topic: 'Policies',
    meaning: 'repository of organization policies and of the issuer list',
    type: REPOSITORY_NAME,
    default: '.github',
    refuseEmpty: true,
    octoSts: true,
    example: 'policies',
    remarks: 'The empty string is an error here: with other variables it counts as unset.',
  },
  STS_POLICY_FRESHNESS: {
    topic: 'Policies',
    meaning: 'how long a trust policy is used without asking GitHub again',
    type: durationType('1h'),
    default: '60s',
    example: '10s',
    remarks:
      'Issuer lists are used as long, but at most 60 s; the absence of a policy at most 30 s. Shorter is safer and costs a conditional request, which GitHub does not count while the file is unchanged.',
  },
  STS_ALLOW_ORG_PERMISSIONS_IN_REPO_POLICIES: {
    topic: 'Policies',
    meaning: 'lets policies of repositories grant permissions on the organization',
    type: BOOLEAN,
    default: 'false',
    remarks:
      'GitHub does not narrow such permissions to a repository: whoever can write to one repository could then act on the organization.',
  },
  STS_STRICT_POLICIES: {
    topic: 'Policies',
    meaning: 'refuses policies with unpinned tenants, issuer patterns past the host or any audience',
    type: BOOLEAN,
    default: 'false',
  },
  STS_DENIAL_DETAIL: {
    topic: 'Answers',
    meaning: "who is told what the policy expected: callers of the target's owner, all, none; or uniform",
    type: DENIAL_DETAIL,
    default: 'owner',
    example: 'uniform',
    remarks: 'The levels are explained in [errors.md](errors.md#what-a-denied-caller-is-told).',
  },
  STS_ANSWER_EXPIRY: {
    topic: 'Answers',
    meaning: "fills the answer's expiry (octo-sts leaves it empty)",
    type: BOOLEAN,
    default: 'true',
  },
  STS_LOG_LEVEL: {
    topic: 'Log and start',
    meaning: 'least severe log lines that are written',
    type: choiceType(['debug', 'info', 'warn', 'error'] as const, { ignoreCase: true }),
    default: 'info',
    example: 'debug',
    remarks: 'The records of exchanges are written at every level. `debug` adds every call to GitHub.',
  },
  STS_STRICT_CONFIG: {
    topic: 'Log and start',
    meaning: 'turns warnings about settings that fall back to another into errors',
    type: BOOLEAN,
    default: 'false',
    remarks: 'That is `OCTOSTS_STICKY_STORE=firestore` alone.',
  },
  ...TELEMETRY_VARIABLES,
  ...EVENT_VARIABLES,
  ...GOOGLE_VARIABLES,
} as const satisfies Readonly<Record<string, ReadVariable>>

/** What the service's variables hold. */
export type ServiceValues = Values<typeof SERVICE_VARIABLES>

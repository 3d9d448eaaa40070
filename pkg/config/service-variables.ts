import { API_BASE_URL, HTTPS_ORIGIN, PROXY_URL } from './url-types.ts'
import { APP_IDS, DENIAL_DETAIL, OWNERS, REPOSITORY_NAME } from './github-types.ts'
import { BOOLEAN } from './go-boolean.ts'
import { durationType } from './go-duration.ts'
import { DOMAIN, ISSUER_PATTERNS, ISSUERS, KEY_SET_OVERRIDES } from './issuer-types.ts'
import { LISTEN_ADDRESS, PORT_NUMBER, PROXY_BYPASS, TRUSTED_HOPS } from './network-types.ts'
import { FILE_PATH, PEM_TEXT } from './file-types.ts'
import { choiceType, listType } from './value-type.ts'
import type { Values, Variable } from './variable.ts'

const PRIVATE_ISSUERS_MAX = 64

/** Every variable that the security token service reads. */
export const SERVICE_VARIABLES = {
  PORT: { meaning: 'port that gRPC and JSON share', type: PORT_NUMBER, required: true },
  STS_HOST: { meaning: 'address to listen on; unset: every address', type: LISTEN_ADDRESS },
  STS_DOMAIN: {
    meaning: 'audience of tokens where a policy names none, and domain of errors and events',
    type: DOMAIN,
    required: true,
  },
  GITHUB_APP_IDS: { meaning: 'App ids or client ids', type: APP_IDS },
  APP_SECRET_CERTIFICATE_FILE: { meaning: "path of the App's private key (PEM)", type: FILE_PATH },
  APP_SECRET_CERTIFICATE_ENV_VAR: {
    meaning: "the App's private key itself (PEM), despite its name",
    type: PEM_TEXT,
    secret: true,
  },
  GITHUB_BASE_URL: {
    meaning: "base of GitHub's REST API; for GitHub Enterprise Server https://HOST/api/v3",
    type: API_BASE_URL,
    default: 'https://api.github.com',
  },
  ORG_POLICY_REPO: {
    meaning: 'repository of organization policies and of the issuer list',
    type: REPOSITORY_NAME,
    default: '.github',
    refuseEmpty: true,
  },
  STS_ALLOWED_ISSUERS: {
    meaning: 'issuers that are served at all, checked before anything is fetched; unset: any',
    type: ISSUERS,
  },
  STS_ALLOWED_ISSUER_PATTERNS: {
    meaning: 'expressions for issuers that are served, beside STS_ALLOWED_ISSUERS',
    type: ISSUER_PATTERNS,
  },
  STS_ISSUER_LIST_REQUIRED: {
    meaning: 'owners that must have an issuer list; * stands for all',
    type: OWNERS,
  },
  STS_POLICY_FRESHNESS: {
    meaning: 'how long a trust policy is used without asking GitHub again',
    type: durationType('1h'),
    default: '60s',
  },
  STS_ALLOW_LOOPBACK_ISSUERS: {
    meaning: 'lets issuers on localhost, 127.0.0.1 and ::1 in, over plain http too; for development',
    type: BOOLEAN,
    default: 'false',
  },
  STS_ALLOW_ORG_PERMISSIONS_IN_REPO_POLICIES: {
    meaning: 'lets policies of repositories grant permissions on the organization',
    type: BOOLEAN,
    default: 'false',
  },
  STS_STRICT_POLICIES: {
    meaning: 'refuses policies with unpinned tenants, issuer patterns past the host or any audience',
    type: BOOLEAN,
    default: 'false',
  },
  STS_DENIAL_DETAIL: {
    meaning: "who is told what the policy expected: callers of the target's owner, all, none; or uniform",
    type: DENIAL_DETAIL,
    default: 'owner',
  },
  STS_ANSWER_EXPIRY: {
    meaning: "fills the answer's expiry (octo-sts leaves it empty)",
    type: BOOLEAN,
    default: 'true',
  },
  STS_ISSUER_CA_FILE: {
    meaning: 'further certificate authorities for issuers (PEM)',
    type: FILE_PATH,
  },
  STS_ALLOWED_PRIVATE_ISSUERS: {
    meaning: 'origins of issuers that may be on private addresses',
    type: listType(HTTPS_ORIGIN, PRIVATE_ISSUERS_MAX),
  },
  STS_JWKS_OVERRIDES: {
    meaning: 'key sets of issuers that cannot be reached, or advertise a key set that cannot',
    type: KEY_SET_OVERRIDES,
  },
  HTTPS_PROXY: {
    meaning: 'proxy for calls to GitHub; issuers are dialled directly',
    type: PROXY_URL,
    secret: true,
    alias: 'https_proxy',
  },
  NO_PROXY: { meaning: 'hosts that are dialled without the proxy', type: PROXY_BYPASS, alias: 'no_proxy' },
  SSL_CERT_FILE: {
    meaning: "certificate authorities for calls to GitHub, in place of the system's (PEM)",
    type: FILE_PATH,
  },
  STS_REFLECTION: { meaning: 'registers gRPC server reflection', type: BOOLEAN, default: 'false' },
  STS_TRUSTED_HOPS: {
    meaning: 'proxies in front whose X-Forwarded-For entries are believed',
    type: TRUSTED_HOPS,
    default: '0',
  },
  STS_DRAIN_DELAY: {
    meaning: 'how long the service goes on accepting after SIGTERM has turned its health',
    type: durationType('1m'),
    default: '0s',
  },
  STS_LOG_LEVEL: {
    meaning: 'least severe log lines that are written',
    type: choiceType(['debug', 'info', 'warn', 'error'] as const, { ignoreCase: true }),
    default: 'info',
  },
  STS_STRICT_CONFIG: {
    meaning: 'turns warnings about settings that fall back to another into errors',
    type: BOOLEAN,
    default: 'false',
  },
} as const satisfies Readonly<Record<string, Variable>>

/** What the service's variables hold. */
export type ServiceValues = Values<typeof SERVICE_VARIABLES>

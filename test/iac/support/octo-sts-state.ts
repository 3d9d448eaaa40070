import { complete, withMadeUpValues } from './made-up-values.ts'
import { RANDOM_SCHEMAS } from './random-provider.ts'

import type { WireValue } from './msgpack.ts'
import type { Block } from './provider-schema.ts'

type Attributes = Readonly<Record<string, WireValue>>

/** A resource's address inside the module, its provider where it is not google, and what its configuration sets. */
type Row = readonly [address: string, attributes: Attributes, provider?: 'google-beta' | 'random']

export const PROJECT = 'example-project'
export const REGION = 'us-central1'
const ACCOUNT = `octo-sts@${PROJECT}.iam.gserviceaccount.com`
const KEY_RING = `projects/${PROJECT}/locations/global/keyRings/octo-sts`
const SECRET = `projects/${PROJECT}/secrets/octo-sts-webhook-secret`
const CONFIG_SECRET = `projects/${PROJECT}/secrets/octo-sts-app-config`
const SIGNING_KEY = {
  key_ring: KEY_RING,
  purpose: 'ASYMMETRIC_SIGN',
  import_only: true,
  skip_initial_version_creation: true,
  version_template: [{ algorithm: 'RSA_SIGN_PKCS1_2048_SHA256', protection_level: 'SOFTWARE' }],
}
/** What a plan or an output must never show again. */
export const WEBHOOK_SECRET = 'made-up-webhook-secret'

/**
 * What octo-sts's module `app` at commit cb87fc1 leaves in a state with one region, by its address inside `module.app`:
 * https://github.com/octo-sts/app/tree/cb87fc1/modules/app
 * and, of the modules that it calls, version 1.31.0 of https://github.com/chainguard-dev/terraform-infra-common
 */
export function octoStsRows(appIds: readonly number[], mode: 'ids' | 'organizations'): readonly Row[] {
  return [
    ['google_kms_key_ring.app-keyring', { project: PROJECT, name: 'octo-sts', location: 'global' }],
    ['google_kms_crypto_key.app-key', { name: 'app-signing-key', ...SIGNING_KEY }],
    ...appIds.map((id): Row => [
      `google_kms_crypto_key.app-keys["${id}"]`,
      { name: `app-signing-key-${id}`, ...SIGNING_KEY },
    ]),
    [
      'google_kms_key_ring_iam_binding.signer-members',
      { key_ring_id: KEY_RING, role: 'roles/cloudkms.signer', members: [`serviceAccount:${ACCOUNT}`] },
    ],
    [
      'google_service_account.octo-sts',
      { project: PROJECT, account_id: 'octo-sts', display_name: 'Octo STS' },
    ],
    ['data.google_client_openid_userinfo.me', {}],
    ...serviceRows('module.this', 'octo-sts'),
    ...serviceRows('module.webhook', 'octo-sts-webhook'),
    [
      `module.sts-emits-events["${REGION}"].google_cloud_run_v2_service_iam_member.authorize-calls`,
      invoker('octo-sts-broker-ingress', `serviceAccount:${ACCOUNT}`),
    ],
    [
      `module.sts-emits-events["${REGION}"].data.google_cloud_run_v2_service.this`,
      { project: PROJECT, location: REGION, name: 'octo-sts-broker-ingress' },
    ],
    ['random_password.webhook-secret', { length: 64, special: true, result: WEBHOOK_SECRET }, 'random'],
    [
      'module.webhook-secret.google_secret_manager_secret.this',
      { project: PROJECT, secret_id: 'octo-sts-webhook-secret', replication: [{ auto: [{}] }] },
    ],
    [
      'module.webhook-secret.google_secret_manager_secret_iam_binding.authorize-access',
      {
        project: PROJECT,
        secret_id: SECRET,
        role: 'roles/secretmanager.secretAccessor',
        members: [`serviceAccount:${ACCOUNT}`],
      },
    ],
    [
      'module.webhook-secret.google_secret_manager_secret_version.data',
      { secret: SECRET, secret_data: WEBHOOK_SECRET, deletion_policy: 'ABANDON', enabled: true },
    ],
    ['module.webhook-secret.data.google_project.project', { project_id: PROJECT }],
    ['module.webhook-secret.data.google_client_openid_userinfo.me', {}],
    ...['github-rate-limit', 'anomalous-kms-access', 'trust-policy-not-found'].map((name): Row => [
      `google_monitoring_alert_policy.${name}`,
      { project: PROJECT, display_name: name, combiner: 'OR', enabled: true },
    ]),
    [
      'google_logging_metric.trust-policy-not-found',
      {
        project: PROJECT,
        name: 'octo-sts-trust-policy-not-found',
        filter: 'textPayload=~"negative cache hit"',
      },
    ],
    ...firestoreRows,
    ...(mode === 'organizations' ? configRows : []),
  ]
}

/** As Terraform's yamlencode writes the pools of two Apps, one for an organization and one for all others. */
const POOLS_YAML = `"orgs":
- "apps":
  - "app_id": 801323
    "kms_key": "${KEY_RING}/cryptoKeys/app-signing-key-801323/cryptoKeyVersions/1"
  "name": "acme"
- "apps":
  - "app_id": 801324
    "kms_key": "${KEY_RING}/cryptoKeys/app-signing-key-801324/cryptoKeyVersions/1"
  "name": "*"
`

const firestoreRows: readonly Row[] = [
  ['google_project_service.firestore[0]', { project: PROJECT, service: 'firestore.googleapis.com' }],
  [
    'google_firestore_database.sticky[0]',
    { project: PROJECT, name: '(default)', location_id: 'nam5', type: 'FIRESTORE_NATIVE' },
  ],
  [
    'google_firestore_field.sticky_ttl[0]',
    {
      project: PROJECT,
      database: '(default)',
      collection: 'sticky-routes',
      field: 'expire_at',
      ttl_config: [{}],
    },
  ],
  [
    'google_project_iam_member.firestore_user[0]',
    { project: PROJECT, role: 'roles/datastore.user', member: `serviceAccount:${ACCOUNT}` },
  ],
]

const configRows: readonly Row[] = [
  [
    'google_secret_manager_secret.app-config[0]',
    { project: PROJECT, secret_id: 'octo-sts-app-config', replication: [{ auto: [{}] }] },
  ],
  [
    'google_secret_manager_secret_version.app-config[0]',
    { secret: CONFIG_SECRET, secret_data: POOLS_YAML, deletion_policy: 'DELETE', enabled: true },
  ],
  [
    'google_secret_manager_secret_iam_member.app-config-accessor[0]',
    {
      project: PROJECT,
      secret_id: 'octo-sts-app-config',
      role: 'roles/secretmanager.secretAccessor',
      member: `serviceAccount:${ACCOUNT}`,
    },
  ],
]

function serviceRows(module: string, name: string): readonly Row[] {
  const roles = {
    'metrics-writer': 'roles/monitoring.metricWriter',
    'trace-writer': 'roles/cloudtrace.agent',
    'profiler-writer': 'roles/cloudprofiler.agent',
  }
  return [
    [
      `${module}.google_cloud_run_v2_service.this["${REGION}"]`,
      {
        project: PROJECT,
        name,
        location: REGION,
        deletion_protection: true,
        template: [{ service_account: ACCOUNT, containers: [{ image: `example.com/${name}`, name }] }],
      },
      'google-beta',
    ],
    [
      `${module}.google_cloud_run_v2_service_iam_member.public-services-are-unauthenticated["${REGION}"]`,
      invoker(name, 'allUsers'),
    ],
    ...Object.entries(roles).map(([row, role]): Row => [
      `${module}.google_project_iam_member.${row}[0]`,
      { project: PROJECT, role, member: `serviceAccount:${ACCOUNT}` },
    ]),
    [`${module}.data.google_project.project`, { project_id: PROJECT }],
    [`${module}.data.google_client_openid_userinfo.me`, {}],
  ]
}

function invoker(service: string, member: string): Attributes {
  return { project: PROJECT, location: REGION, name: service, role: 'roles/run.invoker', member }
}

interface StateResource {
  readonly module: string
  readonly mode: 'data' | 'managed'
  readonly type: string
  readonly name: string
  readonly provider: string
  readonly instances: object[]
}

/** The types of the rows, as the provider google names them. */
export function typesOf(rows: readonly Row[]): readonly string[] {
  return rows.flatMap(([address, , provider]) =>
    provider === 'random' ? [] : [parseAddress(address).typeName],
  )
}

/** A state file of format 4 that holds the rows under `module.app`. */
export function writeState(rows: readonly Row[], schemas: ReadonlyMap<string, Block>): string {
  const resources = new Map<string, StateResource>()
  for (const [address, attributes, provider = 'google'] of rows) {
    const { module, isData, type, typeName, name, key } = parseAddress(address)
    const block = (provider === 'random' ? RANDOM_SCHEMAS : schemas).get(typeName)
    if (block === undefined) throw new Error(`The provider has no ${typeName}`)
    const instance = {
      ...(key === undefined ? {} : { index_key: key }),
      schema_version: 0,
      attributes: withMadeUpValues(typeName, block, complete(block, attributes)),
    }
    const place = `${module} ${typeName}.${name}`
    const resource: StateResource = resources.get(place) ?? {
      module: ['module.app', module].filter(Boolean).join('.'),
      mode: isData ? 'data' : 'managed',
      type,
      name,
      provider: `provider["registry.terraform.io/hashicorp/${provider}"]`,
      instances: [],
    }
    resource.instances.push(instance)
    resources.set(place, resource)
  }
  return JSON.stringify({
    version: 4,
    terraform_version: '1.11.4',
    serial: 1,
    lineage: '6f1b9a52-6f4e-4d6e-8f4e-0c5a3a7c9b10',
    outputs: {},
    resources: [...resources.values()],
    check_results: null,
  })
}

function parseAddress(address: string): {
  readonly module: string
  readonly isData: boolean
  readonly type: string
  readonly typeName: string
  readonly name: string
  readonly key: string | number | undefined
} {
  const match =
    /^((?:module\.[\w-]+(?:\["[^"]+"\])?\.?)*?)\.?(data\.)?((?:google|random)_\w+)\.([\w-]+)(?:\[(.+)\])?$/.exec(
      address,
    )
  if (match === null) throw new Error(`${address} is no address`)
  const [, module = '', data, type = '', name = '', key] = match
  return {
    module: module.replace(/\.$/, ''),
    isData: data !== undefined,
    type,
    typeName: `${data ?? ''}${type}`,
    name,
    key: key === undefined ? undefined : (JSON.parse(key) as string | number),
  }
}

import type { TestContext } from 'node:test'
import { setEnvironment, type CloudAnswer, type SeenRequest } from './cloud-server.ts'

export const AWS_ACCESS_KEY = 'AKIAIOSFODNN7EXAMPLE'

/** Lets AWS's packages find keys in the environment, and no other source of credentials. */
export function useAwsIdentity(
  t: TestContext,
  variables: Readonly<Record<string, string | undefined>> = {},
): void {
  setEnvironment(t, {
    AWS_ACCESS_KEY_ID: AWS_ACCESS_KEY,
    AWS_SECRET_ACCESS_KEY: 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY',
    AWS_SESSION_TOKEN: undefined,
    AWS_PROFILE: undefined,
    AWS_REGION: 'eu-central-1',
    AWS_CONFIG_FILE: '/nonexistent',
    AWS_SHARED_CREDENTIALS_FILE: '/nonexistent',
    ...variables,
  })
}

/** The refusal of a request that is not signed for this service in this region. */
export function refuseAws({ headers, host }: SeenRequest): CloudAnswer | undefined {
  const [service, region] = host.split('.')
  const scope = new RegExp(
    `^AWS4-HMAC-SHA256 Credential=${AWS_ACCESS_KEY}/\\d{8}/${region ?? ''}/${service ?? ''}/aws4_request, SignedHeaders=[a-z0-9;-]*host[a-z0-9;-]*, Signature=[0-9a-f]{64}$`,
  )
  return scope.test(headers.authorization ?? '') ? undefined : awsError(400, 'IncompleteSignature')
}

/** An error of the JSON protocol 1.1. */
export function awsError(status: number, type: string): CloudAnswer {
  return {
    status,
    headers: { 'content-type': 'application/x-amz-json-1.1' },
    body: { __type: type, message: `${type} of the service` },
  }
}

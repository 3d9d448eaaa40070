import type { Dispatcher } from 'undici'
import type { Reason } from '#pkg/errors'

/** Whose service it is: Google Cloud, Amazon Web Services, or Azure Key Vault. */
export type CloudProvider = 'gcp' | 'aws' | 'akv'

/** A service of a cloud as one area uses it. */
export interface CloudService {
  readonly provider: CloudProvider
  /** The reason of whatever goes wrong with it. */
  readonly reason: Extract<Reason, 'app_key_unavailable' | 'secret_unavailable'>
  /** Has the proxy and the trusted certificates. */
  readonly dispatcher: Dispatcher
}

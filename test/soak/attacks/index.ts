import type { Attack } from './attack.ts'
import { BAD_TOKENS } from './bad-tokens.ts'
import { GITHUB_FAULTS } from './github-faults.ts'
import { GRPC_REQUESTS } from './grpc-requests.ts'
import { HEADER_BOMBS } from './header-bombs.ts'
import { HOSTILE_ISSUERS } from './hostile-issuers.ts'
import { HTTP1_REQUESTS } from './http1-requests.ts'
import { HTTP2_FLOODS } from './http2-floods.ts'
import { ISSUER_STORMS } from './issuer-storms.ts'
import { LEAVING_CLIENTS } from './leaving-clients.ts'
import { HOSTILE_POLICIES } from './policies.ts'
import { REFUSED_ISSUERS } from './refused-issuers.ts'
import { SLOW_CONNECTIONS } from './slow-connections.ts'
import { STRANGERS } from './strangers.ts'

/** Every attack. */
export const ATTACKS: readonly Attack[] = [
  ...SLOW_CONNECTIONS,
  ...HTTP2_FLOODS,
  ...HEADER_BOMBS,
  ...HTTP1_REQUESTS,
  ...GRPC_REQUESTS,
  ...LEAVING_CLIENTS,
  ...REFUSED_ISSUERS,
  ...HOSTILE_ISSUERS,
  ...ISSUER_STORMS,
  ...BAD_TOKENS,
  ...HOSTILE_POLICIES,
  ...STRANGERS,
  ...GITHUB_FAULTS,
]

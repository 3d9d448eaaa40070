/** A variable that another of the programs reads, and this one leaves alone. */
export interface ForeignVariable {
  readonly meaning: string
  readonly program: 'webhook' | 'prober'
  /** octo-sts reads it too. */
  readonly octoSts?: true
}

/** Known variables of the other programs: an operator may give all programs one environment. */
export const FOREIGN_VARIABLES: Readonly<Record<string, ForeignVariable>> = {
  GITHUB_WEBHOOK_SECRET: {
    meaning: 'secret that deliveries are signed with',
    program: 'webhook',
    octoSts: true,
  },
  STS_WEBHOOK_SECRETS: { meaning: 'further secrets, for rotation (JSON list)', program: 'webhook' },
  GITHUB_WEBHOOK_ORGANIZATION_FILTER: {
    meaning: 'organizations whose deliveries are worked',
    program: 'webhook',
    octoSts: true,
  },
  STS_CHECKS: { meaning: 'whether a check run appears where nothing was to check', program: 'webhook' },
  PROBER_IDENTITY: { meaning: 'identity that is probed', program: 'prober', octoSts: true },
  PROBER_SCOPE: { meaning: 'scope that is probed', program: 'prober' },
  PROBER_TOKEN_FILE: { meaning: 'file of the token that is exchanged', program: 'prober' },
  PROBER_INTERVAL: { meaning: 'time between two runs', program: 'prober' },
  PROBER_ALLOW_ANONYMOUS: { meaning: 'answers without an authorization header', program: 'prober' },
}

/** A variable of a program that is not in this release. */
export interface ForeignVariable {
  readonly meaning: string
  readonly program: 'prober'
  /** octo-sts reads it too. */
  readonly octoSts?: true
}

/** Known to every program: an operator may give all of them one environment. */
export const FOREIGN_VARIABLES: Readonly<Record<string, ForeignVariable>> = {
  PROBER_IDENTITY: { meaning: 'identity that is probed', program: 'prober', octoSts: true },
  PROBER_SCOPE: { meaning: 'scope that is probed', program: 'prober' },
  PROBER_TOKEN_FILE: { meaning: 'file of the token that is exchanged', program: 'prober' },
  PROBER_INTERVAL: { meaning: 'time between two runs', program: 'prober' },
  PROBER_ALLOW_ANONYMOUS: { meaning: 'answers without an authorization header', program: 'prober' },
}

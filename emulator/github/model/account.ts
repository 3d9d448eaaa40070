/** A user or an organization. */
export interface Account {
  readonly id: number
  /** Changes when the account is renamed. */
  login: string
  readonly type: 'User' | 'Organization'
  /** ms since the epoch. */
  readonly createdAt: number
}

/** Who did something. */
export interface Actor {
  readonly login: string
  readonly id: number
  readonly type: 'User' | 'Bot'
}

/** What is to be sent to an App. */
export interface Message {
  readonly appId: number
  readonly event: string
  readonly action: string | null
  readonly installationId: number | null
  readonly repositoryId: number | null
  /** JSON text, or what a test wants to pass for it. */
  readonly payload: string | Buffer
  /** Header lines in place of the usual ones, or null to leave one out; names as GitHub writes them. */
  readonly headers?: Readonly<Record<string, string | null>>
  /** Signs in place of the webhook's own. */
  readonly secret?: string
}

/** One attempt to deliver. */
export interface Delivery {
  /** Of this attempt; rises. */
  readonly id: number
  /** `X-GitHub-Delivery`: of the event, so that all attempts have the same. */
  readonly guid: string
  readonly redelivery: boolean
  readonly message: Message
  readonly url: string
  /** ms since the epoch: when the answer was there, or given up. */
  readonly deliveredAt: number
  readonly durationMs: number
  /** `OK` for any 2xx, else what went wrong. */
  readonly status: string
  /** Status of the answer; 0 if there was none. */
  readonly statusCode: number
  readonly requestHeaders: Readonly<Record<string, string>>
  /** The bytes sent. */
  readonly requestBody: Buffer
  readonly responseHeaders: Readonly<Record<string, string>>
  readonly responseBody: string
}

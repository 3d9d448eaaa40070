import type { Reason } from '#pkg/errors'

/** One webhook delivery whose signature has been verified. Its headers are not signed: only `payload` is GitHub's word. */
export interface Delivery {
  /** `X-GitHub-Delivery`: a redelivery has the id of the first. Of a sender that gives none: an id that is used once. */
  readonly id: string
  /** `X-GitHub-Event`. */
  readonly event: string
  /** Of any shape: the type of every member is for its reader to check. */
  readonly payload: Readonly<Record<string, unknown>>
  /** `X-GitHub-Hook-Installation-Target-ID`: for a webhook of a GitHub App, the App's id. */
  readonly targetId: string | undefined
}

/** What came of a delivery. */
export type DeliveryResult =
  | {
      readonly kind: 'done'
      /** Check runs that were made. */
      readonly checks: number
    }
  | {
      readonly kind: 'ignored'
      /** Shown to the sender: constant words, nothing of the payload. */
      readonly reason: string
    }
  /** The work goes on after the answer. */
  | { readonly kind: 'continues' }
  /** Nothing was done: there was no room. */
  | { readonly kind: 'busy'; readonly retryAfterMs: number }
  | { readonly kind: 'failed'; readonly reason: Reason; readonly retryAfterMs?: number | undefined }

/** `promise`, or a rejection with the reason of `signal` if that comes first. The work itself goes on. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = (): void => {
      // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- the reason is the owner's own error
      reject(signal.reason)
    }
    if (signal.aborted) onAbort()
    else signal.addEventListener('abort', onAbort)
    const end = (): void => {
      signal.removeEventListener('abort', onAbort)
    }
    // Followed after an abort too: a failure of abandoned work is nobody's, not the process's.
    promise.then(
      (value) => {
        end()
        resolve(value)
      },
      (error: unknown) => {
        end()
        // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors -- handed on as it is
        reject(error)
      },
    )
  })
}

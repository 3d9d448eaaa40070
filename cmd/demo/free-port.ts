import { createServer } from 'node:net'

/** The port `offset` behind `first` when nothing listens on it here, else 0: any free one, as for `first` 0. */
export async function preferPort(first: number, offset: number): Promise<number> {
  const preferred = first === 0 ? 0 : first + offset
  return await new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => {
      resolve(0)
    })
    probe.listen(preferred, '127.0.0.1', () => {
      probe.close(() => {
        resolve(preferred)
      })
    })
  })
}

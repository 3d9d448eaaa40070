import { createServer } from 'node:net'

/** The programs of the demo, in the order of their ports. */
const PROGRAMS = ['service', 'github', 'issuer', 'webhook', 'page', 'prober', 'negativeProber'] as const

/** How many ports in a row the demo takes. */
export const PORTS_COUNT = PROGRAMS.length

/** The port of each program; 0: any free one. */
export type Ports = Readonly<Record<(typeof PROGRAMS)[number], number>>

/** Ports in a row from `first` on, 0 in the place of each that something listens on already; all 0 for `first` 0. */
export async function choosePorts(first: number): Promise<Ports> {
  const preferred = (offset: number): Promise<number> => preferPort(first === 0 ? 0 : first + offset)
  const [service = 0, github = 0, issuer = 0, webhook = 0, page = 0, prober = 0, negativeProber = 0] =
    await Promise.all(PROGRAMS.map((_, offset) => preferred(offset)))
  return { service, github, issuer, webhook, page, prober, negativeProber }
}

async function preferPort(port: number): Promise<number> {
  return await new Promise((resolve) => {
    const attempt = createServer()
    attempt.once('error', () => {
      resolve(0)
    })
    attempt.listen(port, '127.0.0.1', () => {
      attempt.close(() => {
        resolve(port)
      })
    })
  })
}

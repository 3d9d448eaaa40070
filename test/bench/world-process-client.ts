import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { WorldCommands, WorldDescription, WorldReply, WorldRequest } from './world-commands.ts'
import type { WorldShape } from './world-layout.ts'

/** A GitHub and its issuers in a process of their own. */
export interface World extends WorldDescription {
  readonly shape: WorldShape
  readonly tell: <Kind extends keyof WorldCommands>(
    kind: Kind,
    argument: WorldCommands[Kind]['argument'],
  ) => Promise<WorldCommands[Kind]['answer']>
  readonly close: () => Promise<void>
}

/** Starts the process; whoever does ends it. */
export async function openWorld(shape: WorldShape): Promise<World> {
  const child = fork(fileURLToPath(new URL('./world-process.ts', import.meta.url)))
  const exit = once(child, 'exit')
  const waiting = new Map<number, (reply: WorldReply) => void>()
  let sent = 0
  child.on('message', (reply: WorldReply) => {
    waiting.get(reply.id)?.(reply)
    waiting.delete(reply.id)
  })
  child.on('exit', () => {
    for (const [id, end] of waiting) end({ id, error: 'the process of GitHub and the issuers has ended' })
  })

  const tell: World['tell'] = (kind, argument) =>
    new Promise((resolve, reject) => {
      const request: WorldRequest = { id: sent++, kind, argument }
      waiting.set(request.id, (reply) => {
        if ('error' in reply) reject(new Error(reply.error))
        else resolve(reply.answer)
      })
      child.send(request)
    })

  return {
    ...(await tell('populate', shape)),
    shape,
    tell,
    async close() {
      child.disconnect()
      await exit
    },
  }
}

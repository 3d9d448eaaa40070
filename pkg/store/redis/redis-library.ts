import type * as ioredis from 'ioredis'
import { StsError } from '#pkg/errors'

export type RedisLibrary = typeof ioredis

/**
 * Loads the client, which is installed only where it is used.
 *
 * @throws `store_unavailable` that names the command to install it.
 */
export async function loadRedisLibrary(): Promise<RedisLibrary> {
  try {
    return await import('ioredis')
  } catch (cause) {
    throw new StsError('store_unavailable', {
      detail: { problem: 'the package ioredis cannot be loaded: run npm install ioredis' },
      cause,
    })
  }
}

import { existsSync, readdirSync, readFileSync } from 'node:fs'

/** What a process holds; a member is undefined where the system does not tell. */
export interface Usage {
  readonly rssBytes: number | undefined
  readonly descriptors: number | undefined
}

/** A usage, and what the heap holds without its garbage. */
export interface RestingUsage extends Usage {
  readonly heapBytes: number | undefined
}

/** From the process file system of Linux. */
export function usageOf(pid: number | undefined): Usage {
  const folder = `/proc/${pid ?? 0}`
  if (!existsSync(folder)) return { rssBytes: undefined, descriptors: undefined }
  const kilobytes = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`${folder}/status`, 'utf8'))?.[1]
  return {
    rssBytes: kilobytes === undefined ? undefined : Number(kilobytes) * 1024,
    descriptors: readdirSync(`${folder}/fd`).length,
  }
}

/** Files that this process may have open; a cautious guess where the system does not tell. */
export function descriptorLimit(): number {
  if (!existsSync('/proc/self/limits')) return 1_024
  const soft = /Max open files\s+(\d+|unlimited)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1]
  return soft === 'unlimited' ? Infinity : Number(soft ?? 1_024)
}

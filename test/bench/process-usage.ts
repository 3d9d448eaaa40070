import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'

/** What the operating system says of a process. */
export interface ProcessUsage {
  /** Time on a processor of all its threads, in user and kernel mode, in milliseconds. */
  readonly cpuMs: number
  readonly residentBytes: number
  /** The most that was ever resident; undefined where the system does not say. */
  readonly peakBytes: number | undefined
}

/** Reads the usage of a running process: from /proc on Linux, from ps elsewhere. */
export function readUsage(pid: number): ProcessUsage {
  if (!existsSync('/proc/self/stat')) {
    return parsePs(execFileSync('ps', ['-o', 'time=,rss=', '-p', String(pid)], { encoding: 'utf8' }))
  }
  const status = readFileSync(`/proc/${pid}/status`, 'utf8')
  return {
    cpuMs: parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'), clockTicks()),
    residentBytes: parseStatus(status, 'VmRSS') ?? NaN,
    peakBytes: parseStatus(status, 'VmHWM'),
  }
}

/** utime and stime of `/proc/PID/stat`, in milliseconds. https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function parseStat(text: string, ticksPerSecond: number): number {
  // The second field is the program's name in parentheses, and may hold spaces and parentheses itself.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  // Fields 14 and 15; the first of these is the third.
  return ((Number(fields[11]) + Number(fields[12])) * 1000) / ticksPerSecond
}

/** A size in `/proc/PID/status`, in bytes; undefined if it is not there. */
export function parseStatus(text: string, name: 'VmRSS' | 'VmHWM'): number | undefined {
  const kibibytes = new RegExp(`^${name}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1]
  return kibibytes === undefined ? undefined : Number(kibibytes) * 1024
}

/** The line of `ps -o time=,rss=`: `[[DAYS-]HOURS:]MINUTES:SECONDS[.HUNDREDTHS] KIBIBYTES`. */
export function parsePs(line: string): ProcessUsage {
  const [time = '', kibibytes] = line.trim().split(/\s+/)
  const [clock = '', days = '0'] = time.split('-').reverse()
  const seconds = clock.split(':').reduce((sum, part) => sum * 60 + Number(part), 0)
  return {
    cpuMs: Math.round((Number(days) * 86_400 + seconds) * 1000),
    residentBytes: Number(kibibytes) * 1024,
    peakBytes: undefined,
  }
}

function clockTicks(): number {
  return Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))
}

/** Reads the configuration again when the process is told to. */
export interface Hangup {
  /** From now on signals count; one that came before counts now. */
  begin(): void
}

/**
 * Runs `reload` at SIGHUP, one run at a time: signals that come during a run are one run more after it. Without this the
 * signal would end a process that still starts.
 *
 * @param reload - must not reject.
 */
export function reloadOnHangup(reload: () => Promise<void>): Hangup {
  let isReady = false
  let isRunning = false
  let isWanted = false

  async function run(): Promise<void> {
    if (!isReady || isRunning) return
    isRunning = true
    while (isWanted) {
      isWanted = false
      await reload()
    }
    isRunning = false
  }

  process.on('SIGHUP', () => {
    isWanted = true
    void run()
  })
  return {
    begin() {
      isReady = true
      void run()
    },
  }
}

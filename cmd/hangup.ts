/** Keeps SIGHUP from ending the process, and has it read the configuration again once it can. */
export interface Hangup {
  /**
   * From now on `reload` runs at each signal, and now if one has come before. One run at a time: signals that come during a
   * run are one run more after it.
   *
   * @param reload - must not reject.
   */
  begin(reload: () => Promise<void>): void
}

/** To be called before anything else is loaded: until then the signal ends the process. */
export function catchHangup(): Hangup {
  let reloadNow: (() => Promise<void>) | undefined
  let isRunning = false
  let isWanted = false

  async function run(): Promise<void> {
    if (reloadNow === undefined || isRunning) return
    isRunning = true
    while (isWanted) {
      isWanted = false
      await reloadNow()
    }
    isRunning = false
  }

  process.on('SIGHUP', () => {
    isWanted = true
    void run()
  })
  return {
    begin(reload) {
      reloadNow = reload
      void run()
    },
  }
}

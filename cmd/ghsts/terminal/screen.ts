import type { Terminal } from '../command.ts'

/** The width of a screen that does not say its own, as those of many CI systems, in cells. */
const DEFAULT_COLUMNS = 100

/** The width of the screen that output goes to, in cells; undefined where it goes to none. */
export function columnsOf({ isTTY, columns }: Terminal['stdout']): number | undefined {
  return isTTY === true ? columns || DEFAULT_COLUMNS : undefined
}

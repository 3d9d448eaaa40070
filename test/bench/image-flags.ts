/**
 * Flags of Node that the container image starts the service with, and every measurement too.
 *
 * - `--max-semi-space-size=8` (MiB): Node 24 lets the young generation grow further than Node 20 does, and half
 *   of it is always empty.
 * - `--heap-growing-percent=30`: V8 sizes the old generation for the memory of the machine, and would let garbage
 *   pile up to a multiple of what is alive. Unlike a limit, it cannot end the process. It is not among the flags
 *   that NODE_OPTIONS takes.
 */
export const IMAGE_FLAGS: readonly string[] = ['--max-semi-space-size=8', '--heap-growing-percent=30']

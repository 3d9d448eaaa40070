export { abortable } from './abortable.ts'
export { createSegmentedCache, type SegmentedCache, type SegmentedCacheOptions } from './segmented-cache.ts'
export { createSingleFlight, type SingleFlight } from './single-flight.ts'

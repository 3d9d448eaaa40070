export { abortable } from './abortable.ts'
export { withDeadline, type Deadline } from './deadline.ts'
export { createSegmentedCache, type SegmentedCache, type SegmentedCacheOptions } from './segmented-cache.ts'
export { createSingleFlight, type SingleFlight } from './single-flight.ts'

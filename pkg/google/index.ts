export { createMetadataServer, type MetadataServer, type MetadataServerOptions } from './metadata-server.ts'

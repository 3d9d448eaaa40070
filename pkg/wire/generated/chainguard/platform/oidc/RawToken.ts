// Original file: proto/platform/oidc/v1/oidc.platform.proto

import type { Timestamp as _google_protobuf_Timestamp, Timestamp__Output as _google_protobuf_Timestamp__Output } from '../../../google/protobuf/Timestamp.ts';

export interface RawToken {
  'token'?: (string);
  'refresh_token'?: (string);
  'expiry'?: (_google_protobuf_Timestamp | null);
}

export interface RawToken__Output {
  'token': (string);
  'refresh_token': (string);
  'expiry': (_google_protobuf_Timestamp__Output | null);
}

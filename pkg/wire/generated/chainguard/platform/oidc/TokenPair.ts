// Original file: proto/platform/oidc/v1/oidc.platform.proto

import type { RawToken as _chainguard_platform_oidc_RawToken, RawToken__Output as _chainguard_platform_oidc_RawToken__Output } from '../../../chainguard/platform/oidc/RawToken.ts';

export interface TokenPair {
  'token'?: (_chainguard_platform_oidc_RawToken | null);
  'refresh_token'?: (_chainguard_platform_oidc_RawToken | null);
}

export interface TokenPair__Output {
  'token': (_chainguard_platform_oidc_RawToken__Output | null);
  'refresh_token': (_chainguard_platform_oidc_RawToken__Output | null);
}

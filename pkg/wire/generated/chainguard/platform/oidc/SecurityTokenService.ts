// Original file: proto/platform/oidc/v1/oidc.platform.proto

import type * as grpc from '@grpc/grpc-js'
import type { MethodDefinition } from '@grpc/proto-loader'
import type { ExchangeRefreshTokenRequest as _chainguard_platform_oidc_ExchangeRefreshTokenRequest, ExchangeRefreshTokenRequest__Output as _chainguard_platform_oidc_ExchangeRefreshTokenRequest__Output } from '../../../chainguard/platform/oidc/ExchangeRefreshTokenRequest.ts';
import type { ExchangeRequest as _chainguard_platform_oidc_ExchangeRequest, ExchangeRequest__Output as _chainguard_platform_oidc_ExchangeRequest__Output } from '../../../chainguard/platform/oidc/ExchangeRequest.ts';
import type { RawToken as _chainguard_platform_oidc_RawToken, RawToken__Output as _chainguard_platform_oidc_RawToken__Output } from '../../../chainguard/platform/oidc/RawToken.ts';
import type { TokenPair as _chainguard_platform_oidc_TokenPair, TokenPair__Output as _chainguard_platform_oidc_TokenPair__Output } from '../../../chainguard/platform/oidc/TokenPair.ts';

export interface SecurityTokenServiceClient extends grpc.Client {
  Exchange(argument: _chainguard_platform_oidc_ExchangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_chainguard_platform_oidc_RawToken__Output>): grpc.ClientUnaryCall;
  Exchange(argument: _chainguard_platform_oidc_ExchangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_chainguard_platform_oidc_RawToken__Output>): grpc.ClientUnaryCall;
  Exchange(argument: _chainguard_platform_oidc_ExchangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_chainguard_platform_oidc_RawToken__Output>): grpc.ClientUnaryCall;
  Exchange(argument: _chainguard_platform_oidc_ExchangeRequest, callback: grpc.requestCallback<_chainguard_platform_oidc_RawToken__Output>): grpc.ClientUnaryCall;
  exchange(argument: _chainguard_platform_oidc_ExchangeRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_chainguard_platform_oidc_RawToken__Output>): grpc.ClientUnaryCall;
  exchange(argument: _chainguard_platform_oidc_ExchangeRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_chainguard_platform_oidc_RawToken__Output>): grpc.ClientUnaryCall;
  exchange(argument: _chainguard_platform_oidc_ExchangeRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_chainguard_platform_oidc_RawToken__Output>): grpc.ClientUnaryCall;
  exchange(argument: _chainguard_platform_oidc_ExchangeRequest, callback: grpc.requestCallback<_chainguard_platform_oidc_RawToken__Output>): grpc.ClientUnaryCall;
  
  ExchangeRefreshToken(argument: _chainguard_platform_oidc_ExchangeRefreshTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_chainguard_platform_oidc_TokenPair__Output>): grpc.ClientUnaryCall;
  ExchangeRefreshToken(argument: _chainguard_platform_oidc_ExchangeRefreshTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_chainguard_platform_oidc_TokenPair__Output>): grpc.ClientUnaryCall;
  ExchangeRefreshToken(argument: _chainguard_platform_oidc_ExchangeRefreshTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_chainguard_platform_oidc_TokenPair__Output>): grpc.ClientUnaryCall;
  ExchangeRefreshToken(argument: _chainguard_platform_oidc_ExchangeRefreshTokenRequest, callback: grpc.requestCallback<_chainguard_platform_oidc_TokenPair__Output>): grpc.ClientUnaryCall;
  exchangeRefreshToken(argument: _chainguard_platform_oidc_ExchangeRefreshTokenRequest, metadata: grpc.Metadata, options: grpc.CallOptions, callback: grpc.requestCallback<_chainguard_platform_oidc_TokenPair__Output>): grpc.ClientUnaryCall;
  exchangeRefreshToken(argument: _chainguard_platform_oidc_ExchangeRefreshTokenRequest, metadata: grpc.Metadata, callback: grpc.requestCallback<_chainguard_platform_oidc_TokenPair__Output>): grpc.ClientUnaryCall;
  exchangeRefreshToken(argument: _chainguard_platform_oidc_ExchangeRefreshTokenRequest, options: grpc.CallOptions, callback: grpc.requestCallback<_chainguard_platform_oidc_TokenPair__Output>): grpc.ClientUnaryCall;
  exchangeRefreshToken(argument: _chainguard_platform_oidc_ExchangeRefreshTokenRequest, callback: grpc.requestCallback<_chainguard_platform_oidc_TokenPair__Output>): grpc.ClientUnaryCall;
  
}

export interface SecurityTokenServiceHandlers extends grpc.UntypedServiceImplementation {
  Exchange: grpc.handleUnaryCall<_chainguard_platform_oidc_ExchangeRequest__Output, _chainguard_platform_oidc_RawToken>;
  
  ExchangeRefreshToken: grpc.handleUnaryCall<_chainguard_platform_oidc_ExchangeRefreshTokenRequest__Output, _chainguard_platform_oidc_TokenPair>;
  
}

export interface SecurityTokenServiceDefinition extends grpc.ServiceDefinition {
  Exchange: MethodDefinition<_chainguard_platform_oidc_ExchangeRequest, _chainguard_platform_oidc_RawToken, _chainguard_platform_oidc_ExchangeRequest__Output, _chainguard_platform_oidc_RawToken__Output>
  ExchangeRefreshToken: MethodDefinition<_chainguard_platform_oidc_ExchangeRefreshTokenRequest, _chainguard_platform_oidc_TokenPair, _chainguard_platform_oidc_ExchangeRefreshTokenRequest__Output, _chainguard_platform_oidc_TokenPair__Output>
}

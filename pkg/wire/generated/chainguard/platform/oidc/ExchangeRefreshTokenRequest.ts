// Original file: proto/platform/oidc/v1/oidc.platform.proto


export interface ExchangeRefreshTokenRequest {
  'aud'?: (string)[];
  'scope'?: (string);
  'cap'?: (string)[];
  'scopes'?: (string)[];
}

export interface ExchangeRefreshTokenRequest__Output {
  'aud': (string)[];
  'scope': (string);
  'cap': (string)[];
  'scopes': (string)[];
}

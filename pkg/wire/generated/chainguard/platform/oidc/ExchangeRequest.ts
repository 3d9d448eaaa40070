// Original file: proto/platform/oidc/v1/oidc.platform.proto


export interface ExchangeRequest {
  'aud'?: (string)[];
  'scope'?: (string);
  'identity'?: (string);
  'cap'?: (string)[];
  'identity_provider'?: (string);
  'scopes'?: (string)[];
}

export interface ExchangeRequest__Output {
  'aud': (string)[];
  'scope': (string);
  'identity': (string);
  'cap': (string)[];
  'identity_provider': (string);
  'scopes': (string)[];
}

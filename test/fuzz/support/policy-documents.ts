import fc from 'fast-check'
import type { JudgeRequest } from '#pkg/policy'
import { readVectorRows } from '../../policy/support/vectors.ts'
import { loosePattern, nestedPattern } from '../../policy/support/pattern-arbitrary.ts'
import { edited } from './edits.ts'

export type Level = JudgeRequest['level']

export const LEVELS = ['repository', 'organization', 'issuer-list'] as const

/** What an author might write in a document, in the wrong place too. */
export const documentPieces: fc.Arbitrary<string> = fc.oneof(
  fc.constantFrom(
    ...[
      'issuer: https://issuer.example\n',
      'subject: someone\n',
      'permissions:\n  contents: read\n',
      'audience: a\n',
    ],
    ...[
      'issuer_pattern: https://a\n',
      'subject_pattern: .*\n',
      'audience_pattern: "[a-z]+"\n',
      'origin: acme/app\n',
    ],
    ...['claim_pattern:\n  role: a|b\n', 'forbidden_claim_pattern: {role: c}\n', 'max_token_lifetime: 600\n'],
    ...['repositories: [app, docs]\n', 'description: |\n  free\n  text\n', 'mode: audit\n', 'unknown: 1\n'],
    ...[
      'issuers: [https://a.example]\n',
      'issuer_patterns: ["https://[^/]+\\\\.example"]\n',
      '  issues: write\n',
    ],
    ...[
      '- ',
      ': ',
      ':\n',
      '\n',
      '\n  ',
      '\n    ',
      '? ',
      '[',
      ']',
      '{',
      '}',
      ', ',
      '"',
      "'",
      '|',
      '>',
      '|-\n ',
      '#',
      ' #',
    ],
    ...[
      '&a ',
      '*a',
      '!',
      '!!str ',
      '%YAML 1.2\n',
      '---\n',
      '...\n',
      '<<: ',
      '\\',
      '\\u0041',
      '\\uD800',
      '\t',
      '\r\n',
      '\r',
    ],
    ...[
      '\ufeff',
      '\u2028',
      '\u0085',
      '\0',
      '\ud800',
      '😀',
      'é',
      'null',
      '~',
      'yes',
      'true',
      '010',
      '1e3',
      '42',
      '1.5',
      '.5',
    ],
    ...[
      '2024-01-02',
      '12:30:45',
      '0x1F',
      '1_000',
      '-0',
      '+1',
      '.inf',
      '1e400',
      '0o7',
      '__proto__',
      'constructor',
      '""',
    ],
  ),
  fc.oneof(loosePattern, nestedPattern).map((pattern) => JSON.stringify(pattern)),
)

/** A document of the vectors or its variants, and the level that it is for, or another one. */
export const documents: fc.Arbitrary<{ readonly level: Level; readonly document: string }> = fc
  .constantFrom(
    ...(readVectorRows('policy-documents.jsonl') as readonly { level: Level; policy: string }[]),
    ...(readVectorRows('issuer-lists.jsonl') as readonly { level: Level; policy: string }[]),
  )
  .chain(({ level, policy }) =>
    fc.record({
      level: fc.oneof({ weight: 4, arbitrary: fc.constant(level) }, fc.constantFrom(...LEVELS)),
      document: edited(fc.constant(policy), documentPieces),
    }),
  )

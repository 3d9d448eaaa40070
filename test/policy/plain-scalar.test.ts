import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readPlainScalar } from '../../pkg/policy/document/plain-scalar.ts'

// What sigs.k8s.io/yaml v1.6.0 makes of these for a field of Go type string.
const UNCHANGED = [
  ...[
    'true',
    'false',
    '0',
    '42',
    '-7',
    '1.5',
    '0.1',
    '-2.25',
    '123456',
    '2024-01-02',
    '2024-01-02T03:04:05Z',
  ],
  ...[
    '12:30:45',
    '190:20:30',
    'tRUE',
    'yEs',
    'nULL',
    'infinity',
    '.',
    '...',
    '-',
    '+',
    '1,000',
    '0x',
    '0b',
    '0o',
  ],
  ...['0xfg', '0x1p4', '1e400', '-1e400', '1e+06', '1.5e+10', '9223372036854775808', '18446744073709551615'],
  ...[
    '-9223372036854775808',
    '28762.562',
    '2.0971522e+06',
    '1.2379401e+27',
    '3.4028235e+38',
    '1e-45',
    '<<',
    '=',
  ],
  ...['._1', '.1_', '.e5', '+.nan', '-.nan', 'https://issuer.example', 'a b', '1 2', 'v1.10', '_1'],
]
for (const text of UNCHANGED) {
  test(`reads ${text} as itself`, () => {
    assert.deepEqual(readPlainScalar(text), { kind: 'text' })
  })
}

for (const text of ['', '~', 'null', 'Null', 'NULL']) {
  test(`reads ${JSON.stringify(text)} as no value`, () => {
    assert.deepEqual(readPlainScalar(text), { kind: 'null' })
  })
}

const CHANGED: Readonly<Record<string, string>> = {
  ...{ y: 'true', Yes: 'true', on: 'true', ON: 'true', True: 'true', TRUE: 'true' },
  ...{ n: 'false', NO: 'false', off: 'false', Off: 'false', False: 'false' },
  ...{ '.nan': 'NaN', '.inf': '+Inf', '+.Inf': '+Inf', '-.INF': '-Inf' },
  ...{
    '010': '8',
    '0o10': '8',
    '0O17': '15',
    '-010': '-8',
    '0x1F': '31',
    '-0x1f': '-31',
    '0b11': '3',
    '0B11': '3',
  },
  ...{
    '0b-1': '-1',
    '0b+1': '1',
    '+1': '1',
    '-0': '0',
    '00': '0',
    '1_000': '1000',
    '0x_1F': '31',
    '1_': '1',
  },
  ...{
    '08': '8',
    '09.5': '9.5',
    '1.10': '1.1',
    '1.0': '1',
    '1.': '1',
    '.5': '0.5',
    '-.5': '-0.5',
    '.1_0': '0.1',
  },
  ...{
    '1e3': '1000',
    '1e+6': '1e+06',
    '1e39': '+Inf',
    '-1e39': '-Inf',
    '1e-46': '0',
    '-0.0': '-0',
    '1e1_0': '1e+10',
  },
  ...{
    '1234567.5': '1.2345675e+06',
    '0.00001': '1e-05',
    '16777217.0': '1.6777216e+07',
    '2097152.25': '2.0971522e+06',
  },
  ...{
    '18446744073709551616': '1.8446744e+19',
    '-9223372036854775809': '-9.223372e+18',
    '28762.5625': '28762.562',
  },
  ...{
    '+9223372036854775808': '9.223372e+18',
    '0.000244140625': '0.00024414063',
    '1.2379400392853803e+27': '1.2379401e+27',
  },
}
for (const [text, reading] of Object.entries(CHANGED)) {
  test(`reads ${text} as ${reading}`, () => {
    assert.deepEqual(readPlainScalar(text), { kind: 'changed', reading })
  })
}

import {
  type Arbitrary,
  array,
  constant,
  constantFrom,
  integer,
  letrec,
  nat,
  oneof,
  option,
  record,
  string,
  stringMatching,
  tuple,
} from 'fast-check'

/**
 * Documents as people write them and a little beyond: few names, so that tables meet that are written twice, and each
 * form of each value. Many are no TOML.
 */
export const documents: Arbitrary<string> = record({
  lines: array(oneof(pair(), pair(), pair(), header(), header(), note()), { maxLength: 10 }),
  lineEnd: constantFrom('\n', '\n', '\r\n'),
  hasLastEnd: constantFrom(true, false),
}).map(({ lines, lineEnd, hasLastEnd }) => `${lines.join('\n')}${hasLastEnd ? '\n' : ''}`.replaceAll('\n', lineEnd))

// biome-ignore format: a list
const SLIPS = ['', '\n', '\r', '\t', ' ', '"', "'", '"""', '=', '.', ',', '[', ']', '{', '}', '#', '\\', '0', '_', '-', '+', ':',
  'e', 'x', 'é', '\u0000', '\u007f', '\u00a0', '\u2028', '\ufeff', '\u{1f600}']

/** The same with a slip of the pen in it. */
export const slips: Arbitrary<string> = tuple(documents, nat(), constantFrom(0, 1), constantFrom(...SLIPS)).map(
  ([text, at, removed, put]) => {
    const place = at % (text.length + 1)
    return (text.slice(0, place) + put + text.slice(place + removed)).toWellFormed()
  },
)

function blank(): Arbitrary<string> {
  return constantFrom('', '', ' ', '\t', '  ')
}

function name(): Arbitrary<string> {
  return oneof(
    constantFrom('a', 'b', 'c', 'd', 'A', '1', '-', '_x', '1e5', 'true', 'inf', 'toString', '__proto__', 'constructor'),
    constantFrom(
      '"a"',
      "'b'",
      '""',
      "''",
      '"a.b"',
      '"\\u0061"',
      '"ключ"',
      '"two words"',
      '"\\t"',
      "'\\t'",
      '"__proto__"',
      '"0"',
      '"]"',
      '"#"',
      '"="',
    ),
  )
}

function key(): Arbitrary<string> {
  return tuple(name(), blank(), array(name(), { maxLength: 2 })).map(([first, space, rest]) =>
    [first, ...rest].join(`${space}.${space}`),
  )
}

function pair(): Arbitrary<string> {
  return tuple(blank(), key(), blank(), blank(), value(), note()).map((parts) => {
    const [indent, path, before, behind, written, comment] = parts
    return `${indent}${path}${before}=${behind}${written}${comment}`
  })
}

function header(): Arbitrary<string> {
  return tuple(blank(), blank(), key(), blank(), constantFrom(true, false), note()).map(
    ([indent, before, path, behind, isList, comment]) =>
      `${indent}${isList ? '[[' : '['}${before}${path}${behind}${isList ? ']]' : ']'}${comment}`,
  )
}

function note(): Arbitrary<string> {
  return constantFrom('', '', '', ' # a comment', ' # "a" = [{', ' #', '\t')
}

function value(): Arbitrary<string> {
  return letrec<{ value: string; list: string; table: string; scalar: string }>((tie) => ({
    value: oneof({ maxDepth: 3, depthIdentifier: 'v' }, tie('scalar'), tie('scalar'), tie('list'), tie('table')),
    scalar: oneof(text(), number(), constantFrom('true', 'false'), date()),
    list: tuple(array(tie('value'), { maxLength: 3 }), gap(), constantFrom('', ',')).map(
      ([values, space, last]) =>
        `[${space}${values.join(`${space},${space}`)}${space}${values.length > 0 ? last : ''}${space}]`,
    ),
    table: tuple(
      array(tuple(key(), tie('value')), { maxLength: 3 }),
      oneof(constantFrom(' ', '', ' '), gap()),
      constantFrom('', '', ','),
    ).map(
      ([pairs, space, last]) =>
        `{${space}${pairs.map(([path, written]) => `${path} = ${written}`).join(`,${space}`)}${pairs.length > 0 ? last : ''}${space}}`,
    ),
  })).value
}

function gap(): Arbitrary<string> {
  return constantFrom('', ' ', '\n', '\n  ', ' # a comment ]\n', '\t')
}

function text(): Arbitrary<string> {
  const inside = string({ unit: 'grapheme', maxLength: 5 })
  const plain = inside.map((written) => written.replaceAll(/[\p{Cc}"'\\]/gu, ''))
  const escaped = constantFrom(
    '\\n',
    '\\t',
    '\\"',
    '\\\\',
    '\\u00e9',
    '\\U0001F600',
    '\\e',
    '\\x41',
    '\\b',
    '\\f',
    '\\r',
    '',
  )
  const odd = constantFrom('\\ud800', '\\U00110000', '\\q', '\\u12', '\\x', '\u0001', '\u007f')
  const lines = constantFrom('', '\n', '\n\n', '\\\n   ', '\\  \n', "'", '"', "''", '""', '\\"""')
  return oneof(
    tuple(plain, escaped, plain).map(([a, b, c]) => `"${a}${b}${c}"`),
    tuple(plain, oneof({ weight: 3, arbitrary: constant('') }, odd)).map(([a, b]) => `"${a}${b}"`),
    tuple(plain, constantFrom('', '"', '\\', '\t')).map(([a, b]) => `'${a}${b}'`),
    tuple(lines, plain, escaped, lines).map(([a, b, c, d]) => `"""${a}${b}${c}${d}"""`),
    tuple(lines, plain, lines).map(([a, b, c]) => `'''${a}${b}${c}'''`),
  )
}

function number(): Arbitrary<string> {
  return oneof(
    integer().map(String),
    constantFrom(
      '+1',
      '-0',
      '0',
      '1_000',
      '00',
      '01',
      '1__0',
      '_1',
      '0x1F',
      '0xdead_beef',
      '0o17',
      '0b101',
      '0x',
      '-0x1',
      '0B1',
    ),
    constantFrom(
      '9007199254740991',
      '9007199254740992',
      '9223372036854775807',
      '9223372036854775808',
      '-9223372036854775808',
      '0x7fffffffffffffff',
      '0xffffffffffffffff',
    ),
    constantFrom(
      '1.5',
      '-0.0',
      '1e5',
      '1E+5',
      '1.e5',
      '.5',
      '5.',
      '1_0.0_1',
      '6.26e-34',
      '1e400',
      'inf',
      '-inf',
      '+nan',
      'nan',
      'Inf',
      '1.5.2',
      '01.5',
      '1e05',
      '1_e5',
      '-.5',
    ),
  )
}

function date(): Arbitrary<string> {
  const day = oneof(
    constantFrom(
      '1979-05-27',
      '2000-02-29',
      '1900-02-29',
      '2023-02-30',
      '2021-13-01',
      '2021-00-10',
      '0000-01-01',
      '9999-12-31',
      '79-05-27',
    ),
    stringMatching(/^20[0-9]{2}-[01][0-9]-[0-3][0-9]$/),
  )
  const time = constantFrom(
    '07:32:00',
    '07:32',
    '00:32:00.999999',
    '24:00:00',
    '23:59:60',
    '07:60:00',
    '7:32:00',
    '07:32:00.',
    '23:59:59.123456789',
  )
  const zone = constantFrom('', 'Z', 'z', '+02:00', '-07:30', '+24:00', '+2:00', '+0200')
  const t = constantFrom('T', 't', ' ')
  return oneof(
    day,
    time,
    tuple(day, t, time, option(zone)).map(([d, sep, c, z]) => `${d}${sep}${c}${z ?? ''}`),
  )
}

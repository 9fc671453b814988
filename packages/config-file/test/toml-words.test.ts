import { describe, expect, it } from 'vitest'
import { parseToml } from '../src/toml.ts'

const TEXT = 'a text, such as an address, a domain or a duration, stands in quotation marks; write'
const COLON = 'between a key and its value stands = and not a colon, as in YAML or JSON; write'
const LIST = 'the list that begins here has no ] at its end'
const NO_QUOTE = 'the text has no quotation mark at its end'
const asTrue = (word: string) => `${word} is no value in TOML; write true, in small letters and without quotation marks`
const asFalse = (word: string) =>
  `${word} is no value in TOML; write false, in small letters and without quotation marks`
const curly = (mark: string) => `${mark} is not the quotation mark of TOML; write " before and after the text`
const format = (name: string) =>
  `this is ${name}; write a key, = and its value on a line each: domains = ["survival.example.com"]`

// Each of them was told in the words of the parser: "illegal character in key", "invalid value".
describe('what people write that is no TOML has words of its own', () => {
  it.each([
    ['default = yes', '1:11', asTrue('yes')],
    ['default = on # here', '1:11', asTrue('on')],
    ['default = True', '1:11', asTrue('True')],
    ['default = FALSE', '1:11', asFalse('FALSE')],
    ['default=off', '1:9', asFalse('off')],
    ['log = { x = yes }', '1:13', asTrue('yes')],
    ['x = [ True ]', '1:7', asTrue('True')],
    [
      'x = null',
      '1:5',
      'null is no value in TOML; leave the key out, or write "null" where that is a text it may have',
    ],
    ['bind = “0.0.0.0:25565”', '1:8', curly('“')],
    ['bind = ‘x’', '1:8', curly('‘')],
    ['domains = ["a", „b“]', '1:17', curly('„')],
    ['bind = `x`', '1:8', curly('`')],
    ['“bind” = 1', '1:1', curly('“')],
    ['bind = "x”\ny = 1', '1:11', '” does not end the text; write " there'],
    ['bind = "x\ny = 1', '1:10', NO_QUOTE],
    ['bind = "x', '1:8', NO_QUOTE],
    ["bind = 'x\ny = 1", '1:10', NO_QUOTE],
    ['domains = ["a.example.com, ]\n', '1:29', NO_QUOTE],
    ['x = """a\nb', '1:5', 'the text has no """ at its end'],
    ['bind = localhost', '1:8', `${TEXT} bind = "localhost"`],
    ['bind = 0.0.0.0:25565', '1:11', `${TEXT} bind = "0.0.0.0:25565"`],
    ['connect_timeout = 5s', '1:20', `${TEXT} connect_timeout = "5s"`],
    ['x = 4 KiB', '1:7', `${TEXT} x = "4 KiB"`],
    ['level = info', '1:12', `${TEXT} level = "info"`],
    ['domains = [a.example.com]', '1:12', `${TEXT} "a.example.com"`],
    ['trusted = ["10.0.0.1", 10.0.0.2]', '1:28', `${TEXT} "10.0.0.2"`],
    ['token = hunter', '1:9', `${TEXT} token = "…"`],
    ['domains = ["a"', '1:11', LIST],
    ['domains = ["a"\naddresses = ["b"]', '1:11', LIST],
    ['x = 1\ndomains = [\n  "a",\naddresses = ["b"]', '2:11', LIST],
    ['domains = ["a",\n[log]\nlevel = "info"', '1:11', LIST],
    ['x = """\n[[[\n""" # ]\ndomains = ["["\ny = 1', '4:11', LIST],
    ['log = { level = "info"\nx = 1', '1:7', 'the table that begins here has no } at its end'],
    ['domains = ["a" "b"]', '1:16', 'a comma is missing between two values'],
    ['domains = ["a",, "b"]', '1:16', 'there is a comma too many'],
    ['domains = ["a"]]', '1:16', 'there is a ] without one that opens it'],
    ['domains = "a", "b"', '1:14', 'several values stand in a list; write domains = ["…", "…"]'],
    ['bind = "x",\ny = 1', '1:11', 'no comma stands at the end of a line; remove it'],
    ['[log\nlevel = "info"', '1:5', 'the name of the table has no ] behind it; write [log]'],
    ['[[listener]\nx = 1', '1:12', 'the name of the table has not as many ] behind as [ before it; write [[listener]]'],
    ['[listener]]\nx = 1', '1:11', 'the name of the table has not as many ] behind as [ before it; write [[listener]]'],
    ['[log] level = "info"', '1:7', 'write [log] on a line of its own, and its keys below it'],
    ['bind: "0.0.0.0"', '1:5', `${COLON} bind = "0.0.0.0"`],
    ['x = 1\nbind: 0.0.0.0:25565', '2:5', `${COLON} bind = "0.0.0.0:25565"`],
    ['max_connections : 5', '1:17', `${COLON} max_connections = 5`],
    ['log = { level: "info" }', '1:14', `${COLON} level = "info"`],
    ['domains:\n  - a.example.com', '1:8', `${COLON} domains = …`],
    ['---\nbind: x', '1:4', format('YAML')],
    ['{\n  "bind": "0.0.0.0"\n}', '1:1', format('JSON')],
    ['[{"domains": ["a"]}]', '1:2', format('JSON')],
    ['<?xml version="1.0"?>', '1:1', format('XML or HTML')],
    ['bind "0.0.0.0"', '1:6', 'there is no = between bind and its value; write bind = …'],
    ['bind', '1:1', 'bind has no = and no value behind it'],
    ['bind =', '1:7', 'bind has no value behind its =; write one, or leave the key out'],
    ['bind == "x"', '1:7', 'between bind and its value stands one ='],
    ['= 1', '1:1', 'there is no key before the ='],
    ['// here\nbind = "x"', '1:1', '// begins no comment; write # instead'],
    ['; here', '1:1', '; begins no comment; write # instead'],
    ['max connections = 1', '1:5', 'a key holds letters from a to z, digits, _ and -; write _ where there is a blank'],
    [
      'x = "C:\\dir"',
      '1:9',
      String.raw`a backslash in "…" stands for something else; write \\ for one, or the text in '…'`,
    ],
    ['a = 1\na = 2', '2:1', 'a is written twice'],
    ['log = 1\nlog.level = "x"', '2:1', 'log.level cannot stand here: a part of its name has a value already'],
    ['bind = ＂x＂', '1:8', curly('＂')],
    ['log]\nlevel = "x"', '1:4', 'the name of the table has no [ before it; write [log]'],
    ['trusted = [\n', '1:11', LIST],
    ['trusted = ["a"}\n', '1:15', 'a list ends with ] and a table with }, and not with } here'],
    ['domains = ("a")', '1:11', 'a list stands in [ and ], and not in ( and )'],
    ['domains = {"a"}', '1:15', 'values of a list stand in [ and ]; a table in { and } has keys'],
    ['bind => "x"', '1:7', 'between bind and its value stands = alone'],
    ['bind = [::]:25565', '1:9', 'an address stands in quotation marks; write bind = "[::]:25565"'],
    ['x = C:\\a', '1:5', `${TEXT} x = '…'`],
    ['bind = $BIND', '1:8', 'variables of the environment are not filled in here; write the value itself'],
    ['max_connections = 1,000', '1:20', 'a number has no comma in it; leave it out'],
    ['-- x', '1:4', '-- begins no comment; write # instead'],
    ['a = 1\n}', '2:1', 'there is a } without one that opens it'],
    ['log {\n a = 1\n}', '1:5', 'write [log] on a line of its own, and its keys below it, without { and }'],
    ['export bind="x"', '1:8', 'leave export out; a line begins with the key'],
    ['<<<<<<< HEAD\na = 1', '1:1', 'these are marks of a merge that was not finished; keep one of the two sides'],
    ['default = y', '1:11', asTrue('y')],
    [
      'kick = "say "hi" now"',
      '1:14',
      String.raw`a text ends at the next quotation mark like its first; write \" for one inside of "…"`,
    ],
    [
      'bind =\u00a0"x"',
      '1:7',
      'there is a character that cannot be seen (U+00A0); delete it, and write a plain blank where one is meant',
    ],
    ['bind = "x"\r[log]', '1:11', 'lines end with CR alone; save the file with LF or CR LF'],
    ['max_connections = 010', '1:19', 'a number has no 0 in front; write 10'],
  ])('%j', (text, place, message) => {
    const parsed = parseToml(Buffer.from(text))
    if (parsed.kind === 'values') throw new Error('this is TOML')
    expect(`${parsed.place?.line}:${parsed.place?.column} ${parsed.message}`).toBe(`${place} not TOML: ${message}`)
  })
})

describe('a thousand with a dot', () => {
  // It was read as 1, without a word.
  it.each([
    ['max_connections = 1.000', { line: 1, column: 19 }, '1.000 is the number 1 in TOML; write 1000, or 1_000'],
    [
      '# numbers\na = [5, 20.000] # twenty thousand',
      { line: 2, column: 9 },
      '20.000 is the number 20 in TOML; write 20000, or 20_000',
    ],
  ])('is not taken for one: %s', (text, place, message) => {
    expect(parseToml(Buffer.from(text))).toEqual({ kind: 'fault', place, message })
  })
  it.each(['a = 1000', 'a = 1_000', 'text = "costs = 1.000"\nb = 7', 'a = 0.5', 'a = "1.000"'])(
    'is no other: %s',
    (text) => {
      expect(parseToml(Buffer.from(text)).kind).toBe('values')
    },
  )
})

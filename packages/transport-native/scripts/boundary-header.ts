import { BY, CONSTANTS, FAILED, HOW, ORDER, RECORDS, REPORT } from '../src/boundary.ts'

const CPP_TYPES = { u8: 'uint8_t', u16: 'uint16_t', u32: 'uint32_t', i32: 'int32_t', f64: 'double' } as const

const ENUMERATIONS = { Report: REPORT, Order: ORDER, By: BY, How: HOW, Failed: FAILED }

/** `native/boundary.hpp`: what `src/boundary.ts` says, for the relay threads. */
export function boundaryHeader(): string {
  const constants = Object.entries(CONSTANTS).map(
    ([name, value]) => `constexpr ${typeOf(name)} k${fromConstantCase(name)} = ${value};`,
  )
  const enumerations = Object.entries(ENUMERATIONS).map(([name, values]) => {
    const lines = Object.entries(values).map(([value, number]) => `  ${capitalised(value)} = ${number},`)
    return [`enum class ${name} : uint8_t {`, ...lines, '};'].join('\n')
  })
  const records = Object.entries(RECORDS).map(([name, fields]) => {
    const lines = Object.entries(fields).map(([field, width]) => `  ${CPP_TYPES[width]} ${field};`)
    return ['#pragma pack(push, 1)', `struct ${name} {`, ...lines, '};', '#pragma pack(pop)'].join('\n')
  })
  return `${[
    '// Written by `pnpm run boundary` from src/boundary.ts, which says what each of these means. Change it there.',
    '#pragma once',
    '#include <cstddef>\n#include <cstdint>',
    'namespace infrarust {',
    constants.join('\n'),
    ...enumerations,
    ...records,
    '}  // namespace infrarust',
  ].join('\n\n')}\n`
}

/** A name says its unit. */
function typeOf(constant: string): string {
  if (constant.endsWith('_BYTES')) return 'size_t'
  return constant.endsWith('_MS') ? 'double' : 'unsigned'
}

function fromConstantCase(name: string): string {
  return name
    .split('_')
    .map((word) => capitalised(word.toLowerCase()))
    .join('')
}

function capitalised(word: string): string {
  return word.charAt(0).toUpperCase() + word.slice(1)
}

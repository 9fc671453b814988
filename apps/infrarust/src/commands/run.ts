import type { GlobalOptions } from '../options.ts'
export async function run(_options: GlobalOptions): Promise<void> {}

import { resolve } from 'node:path'
import type { ServerManagerConfig } from './manager-keys.ts'
import { isManagerModule, type ManagerModule } from './manager-type.ts'

/** With its paths made absolute: where relative ones begin is known where the file is read. */
export function withResolvedManager(
  manager: ServerManagerConfig | undefined,
  folder: string | undefined,
): ServerManagerConfig | undefined {
  if (manager === undefined || folder === undefined) return manager
  const { type, workingDir, caFile } = manager
  return {
    ...manager,
    type: type === undefined || !isManagerModule(type) ? type : absolute(type, folder),
    workingDir: workingDir === undefined && type !== 'command' ? undefined : resolve(folder, workingDir ?? '.'),
    caFile: caFile === undefined ? undefined : resolve(folder, caFile),
  }
}

function absolute(type: ManagerModule, folder: string): ManagerModule {
  return type.startsWith('.') ? `/${resolve(folder, type).replace(/^\//, '')}` : type
}

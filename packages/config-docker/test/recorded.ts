import { type Container, readContainer } from '@infrarust/docker-engine'
import { type RecordedName, recordedJson } from '@infrarust/test-kit/docker-engine'

export function recorded(name: RecordedName): Container {
  const container = readContainer(recordedJson(name))
  if (container === undefined) throw new Error(`${name} is no container`)
  return container
}

export type { BurstTimings } from './burst.ts'
export type { ContainerOrder } from './client.ts'
export {
  type Condition,
  type Container,
  type ContainerNetwork,
  type PublishedPort,
  readContainer,
} from './container.ts'
export { type ContainerList, Engine, type ListedContainer } from './engine.ts'
export { EngineError, type EngineErrorCode } from './errors.ts'
export { type FollowOptions, followEngine, networkOwner, type Unread, type View } from './follow.ts'
export type { LastEnd, Life, LifePhase } from './life.ts'
export { findOwnContainer, ownContainerIds } from './own-container.ts'

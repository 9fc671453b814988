export type { DockerPlace } from './docker/docker-place.ts'
export { docker } from './docker/docker-type.ts'
export { crafty, pterodactyl } from './panel/panel-types.ts'

export type { DockerPlace } from './docker/docker-place.ts'
export { dockerPower } from './docker/docker-type.ts'
export { craftyPower, pterodactylPower } from './panel/panel-types.ts'

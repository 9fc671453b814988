export { docker } from './built-in.ts'
export { type DockerConfig, dockerKeys } from './docker-keys.ts'
export { labelKeys } from './label-keys.ts'
export { type DockerProviderOptions, dockerProvider } from './provider.ts'

export { labelKeys } from './label-keys.ts'
export { type DockerProviderOptions, dockerProvider } from './provider.ts'

// What a configuration says of an engine. An entry of its own, because a program reads it at its start, and needs no HTTP for it.
export { type DockerEndpoint, dockerEndpoint } from './docker-endpoint.ts'
export { type DockerTls, dockerTlsKeys } from './docker-tls.ts'
export { chooseEngine, type EngineChoice, endpointName, type WrittenEngine } from './engine-choice.ts'

export { connect } from './connect.ts'
export { expectProxyHeader, proxyHeaderOf, type ReceiveOptions } from './server.ts'

import { createServer } from 'node:http'
import { expectProxyHeader } from '@infrarust/proxy-protocol/node'

const server = createServer((request, response) => response.end(`Hello ${request.socket.remoteAddress}\n`))
expectProxyHeader(server, { trusted: ['127.0.0.1', '10.0.0.0/8'] })
server.listen(process.env.PORT ?? 8080)

export { TransportNativeError, type TransportNativeErrorCode } from './errors.ts'
export { loadNative, type NativeAvailability } from './load-native.ts'
export { type NativeTransportOptions, nativeTransport } from './native-transport.ts'

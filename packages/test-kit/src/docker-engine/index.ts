export { FakeEngine, RECORDED_EVENTS, type TlsFiles } from './fake-engine.ts'
export { type RecordedName, recordedJson } from './recorded.ts'

export { compressedFrame, type Deflate, type Inflate, plainFrame } from './compressed-frame.ts'
export type { Decoded, Incomplete } from './decoded.ts'
export {
  describeMalformed,
  type EncodeCode,
  type Malformed,
  type MalformedCode,
  MinecraftError,
  malformedError,
} from './errors.ts'
export {
  type DecodedFirst,
  decodeFirst,
  FIRST_MESSAGE_MAX_BYTES,
  type FirstMessage,
  LEGACY_PING_GRACE_MS,
} from './first.ts'
export { type BungeeCordForwarding, decodeBungeeCordAddress, encodeBungeeCordAddress } from './forwarding/bungeecord.ts'
export { takeBungeeGuardToken, withBungeeGuardToken } from './forwarding/bungeeguard.ts'
export { floodgateData } from './forwarding/floodgate.ts'
export { addressWithMarkers } from './forwarding/forge.ts'
export {
  decodeVelocityForwarding,
  decodeVelocityRequest,
  encodeVelocityForwarding,
  encodeVelocityRequest,
  type HmacSha256,
  type VelocityForwarding,
  type VelocityRequest,
} from './forwarding/velocity.ts'
export { decodeFrame, encodePacket } from './frame.ts'
export {
  ADDRESS_MAX_UNITS,
  decodeHandshake,
  encodeHandshake,
  FORWARDED_ADDRESS_MAX_UNITS,
  HANDSHAKE_MAX_BYTES,
  type Handshake,
  HOST_MAX_UNITS,
  type Intent,
  rewriteHost,
} from './handshake.ts'
export { type AddressParts, type Markers, splitAddress } from './handshake-address.ts'
export { encodeLegacyKick, encodeLegacyStatus, type LegacyStatus } from './legacy-answer.ts'
export type { LegacyLogin } from './legacy-login.ts'
export type { LegacyPing } from './legacy-ping.ts'
export { decodeLoginDisconnect, encodeLoginDisconnect } from './login/disconnect.ts'
export {
  decodeEncryptionRequest,
  decodeEncryptionResponse,
  ENCRYPTION_RESPONSE_MAX_BYTES,
  type EncryptionRequest,
  type EncryptionResponse,
  encodeEncryptionRequest,
  encodeEncryptionResponse,
  type TokenProof,
} from './login/encryption.ts'
export {
  type DecodedLoginFrame,
  decodeClientboundLogin,
  decodeLoginAnswerId,
  decodeServerboundLogin,
  type LoginFrame,
  type LoginFrameHead,
  WHOLE_LOGIN_FRAME_MAX_BYTES,
} from './login/frames.ts'
export type { ClientboundLogin, ServerboundLogin } from './login/packets.ts'
export {
  decodeLoginPluginRequest,
  decodeLoginPluginResponse,
  encodeLoginPluginRequest,
  encodeLoginPluginResponse,
  type LoginPluginRequest,
  type LoginPluginResponse,
} from './login/plugin.ts'
export { serverHash } from './login/server-hash.ts'
export { decodeSetCompression, encodeSetCompression, type SetCompression } from './login/set-compression.ts'
export {
  decodeLoginStart,
  encodeLoginStart,
  LOGIN_START_MAX_BYTES,
  type LoginStart,
  NAME_MAX_UNITS,
  type ProfileKey,
} from './login/start.ts'
export { decodeLoginSuccess, encodeLoginSuccess, type LoginSuccess } from './login/success.ts'
export { decodeProfileJson, isAccountName, type Profile, type ProfileProperty } from './profile.ts'
export { isSnapshot, NEWEST_PROTOCOL_VERSION, PROTOCOL_VERSIONS, protocolVersionName } from './protocol-versions.ts'
export {
  decodeStatusJson,
  decodeStatusReply,
  decodeStatusRequest,
  encodePing,
  encodeStatusRequest,
  encodeStatusResponse,
  LONG_STATUS_JSON_MAX_UNITS,
  parseStatusJson,
  STATUS_JSON_MAX_UNITS,
  STATUS_REPLY_MAX_BYTES,
  STATUS_REQUEST_MAX_BYTES,
  type Status,
  type StatusPlayers,
  type StatusReply,
  type StatusRequest,
  statusJson,
} from './status.ts'
export type { Decoration, NamedColor, TextComponent, TextObject, TextStyle } from './text/component.ts'
export { decodeTextJson, isTextComponent, TEXT_JSON_MAX_UNITS, TEXT_MAX_DEPTH } from './text/json.ts'
export { toPlainText } from './text/runs.ts'
export { fromSectionText, stripSectionCodes, toSectionText } from './text/section.ts'
export { offlineUuid, parseUuid, undashedUuid } from './uuid.ts'
export { decodeVarInt, encodeVarInt } from './varint.ts'
